package dev.promptpo.optimizer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a session says of the machine that it works on: numbers hold for one processor type. */
final class Machine {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private Machine() {}

    static ObjectNode describe() {
        return Fields.object()
                .put("os", System.getProperty("os.name", "unknown"))
                .put("arch", System.getProperty("os.arch", "unknown"))
                .put("processor", processor())
                .put("processors", Runtime.getRuntime().availableProcessors());
    }

    /** Linux says the type; elsewhere it is unknown. */
    private static String processor() {
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException | UncheckedIOException e) {
            return "unknown";
        }
    }
}
