package dev.promptpo.kernel;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import sun.misc.Signal;

/**
 * Starts the kernel for one connection file, as a kernel spec says it: {@code java -cp ...
 * dev.promptpo.kernel.Main {connection_file}}.
 *
 * <p>Exit codes: 0 after a shutdown request or the end of the parent process, 2 for bad arguments.
 */
public final class Main {
    /** Jupyter kills a kernel that takes 5 s to end. */
    private static final long LONGEST_END_MS = 4000;

    /** Where even the JVM's halt waits: for handlers that C libraries have set for the end. */
    private static final double LONGEST_HALT_S = 4.5;

    /** For the sockets' own thread to send the last words. */
    private static final long LAST_WORDS_MS = 100;

    private Main() {}

    /**
     * Runs until the kernel is asked to end.
     *
     * @param arguments the connection file that Jupyter has written
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 1) {
            System.err.println("usage: java dev.promptpo.kernel.Main CONNECTION_FILE");
            System.exit(2);
        }
        quietLogs();
        KernelConnectionProperties properties = properties(Path.of(arguments[0]));
        JavaKernel kernel = JavaKernel.create();
        // First, since it takes longest: the sockets are made meanwhile.
        kernel.onStartup();
        Connection connection = new Connection(properties, kernel.reserve());
        kernel.becomeHandlerForConnection(connection);
        connection.connect();
        Signal.handle(new Signal("INT"), signal -> kernel.interrupt());
        endWithParent(kernel);
        kernel.awaitEnd();
        try {
            endProcess(connection);
        } catch (OutOfMemoryError e) {
            Runtime.getRuntime().halt(0);
        }
    }

    private static KernelConnectionProperties properties(Path file) {
        try {
            return KernelConnectionProperties.parse(Files.readString(file));
        } catch (IOException e) {
            System.err.println("cannot read the connection file " + file + ": " + e);
            System.exit(2);
            throw new IllegalStateException(e);
        }
    }

    // A library's remarks about itself do not belong into a notebook or a terminal.
    private static void quietLogs() {
        setDefault("slf4j.internal.verbosity", "ERROR");
        if (System.getProperty("java.util.logging.config.file") == null
                && System.getProperty("java.util.logging.config.class") == null) {
            Logger.getLogger("").setLevel(Level.WARNING);
        }
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** A kernel whose Jupyter has died is of no use to anyone. */
    private static void endWithParent(JavaKernel kernel) {
        String parent = System.getenv("JPY_PARENT_PID");
        if (parent != null && parent.matches("\\d+")) {
            // A process that cannot be seen (in another container) cannot be waited for.
            ProcessHandle.of(Long.parseLong(parent))
                    .ifPresent(process ->
                            process.onExit()
                                    .thenRun(() -> {
                                        kernel.end();
                                        kernel.interrupt();
                                    }));
        }
    }

    // The sockets are left to the end of the process: closing one from another thread than its own
    // ends in noise, and the process's end frees the ports as well.
    private static void endProcess(Connection connection) throws InterruptedException {
        Process killer = killer();
        Thread.ofPlatform()
                .daemon()
                .name("last resort")
                .start(() -> {
                    try {
                        TimeUnit.MILLISECONDS.sleep(LONGEST_END_MS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    Runtime.getRuntime().halt(0);
                });
        connection.drain();
        TimeUnit.MILLISECONDS.sleep(LAST_WORDS_MS);
        try {
            System.exit(0);
        } finally {
            // Its pipe must stay open until then.
            Reference.reachabilityFence(killer);
        }
    }

    /**
     * Kills this process if it is there for longer than it may take to end; null where there is no
     * shell. A library's exit handler may wait for threads of its own that compute on (OpenBLAS
     * does), and {@link Runtime#halt} runs such handlers as well: only another process helps then.
     * That one waits for the end of a pipe which lasts as long as this process, so it can never hit
     * a later process of the same number, and ends with this one.
     */
    private static Process killer() {
        String wait =
                "timeout "
                        + LONGEST_HALT_S
                        + " cat; [ $? = 124 ] && kill -9 "
                        + ProcessHandle.current().pid();
        try {
            return new ProcessBuilder("/bin/sh", "-c", wait)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return null;
        }
    }
}
