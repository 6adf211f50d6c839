package dev.promptpo.kernel.magic;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code %%sh}: a cell in a shell of its own. What it prints appears as it comes; it has no input;
 * an interrupt ends it with all that it has started.
 */
final class Shell {
    private static final long GRACE_MS = 500;

    private final Map<String, String> environment;

    Shell(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * Runs the source.
     *
     * @throws MagicException when it ends with another code than 0, or there is no shell
     */
    Object run(String source) throws InterruptedException {
        Process process = start(source);
        Thread out = copy(process.getInputStream(), System.out);
        Thread err = copy(process.getErrorStream(), System.err);
        try {
            int code = process.waitFor();
            out.join();
            err.join();
            if (code != 0) {
                throw new MagicException("the shell ended with code " + code);
            }
            return null;
        } catch (InterruptedException e) {
            end(process);
            throw e;
        }
    }

    private Process start(String source) {
        IOException last = null;
        for (String shell : new String[] {"bash", "sh"}) {
            ProcessBuilder builder = new ProcessBuilder(shell, "-c", source);
            builder.environment().putAll(environment);
            builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
            try {
                return builder.start();
            } catch (IOException e) {
                last = e;
            }
        }
        throw new MagicException("no shell can be started here: " + last.getMessage(), last);
    }

    private static Thread copy(InputStream from, PrintStream to) {
        Charset charset =
                Charset.forName(
                        System.getProperty("stdout.encoding", "UTF-8"), StandardCharsets.UTF_8);
        return Thread.ofPlatform()
                .daemon()
                .name("shell")
                .start(() -> {
                    try (var reader = new java.io.InputStreamReader(from, charset)) {
                        char[] buffer = new char[8192];
                        for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
                            to.print(String.valueOf(buffer, 0, n));
                            to.flush();
                        }
                    } catch (IOException e) {
                        // The process was ended; it has nothing more to say.
                        return;
                    }
                });
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (process.waitFor(GRACE_MS, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
