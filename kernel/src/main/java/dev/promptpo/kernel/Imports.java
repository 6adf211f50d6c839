package dev.promptpo.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What every session imports before its first cell. */
final class Imports {
    /** Names a variable of the environment with more imports, separated by semicolons. */
    static final String VARIABLE = "PROMPTPO_KERNEL_IMPORTS";

    /** The system property that stands in for {@link #VARIABLE}; it wins where both are set. */
    static final String PROPERTY = "promptpo.kernel.imports";

    private static final List<String> DEFAULTS =
            List.of(
                    "java.io.*",
                    "java.math.*",
                    "java.net.*",
                    "java.nio.file.*",
                    "java.time.*",
                    "java.util.*",
                    "java.util.concurrent.*",
                    "java.util.function.*",
                    "java.util.regex.*",
                    "java.util.stream.*",
                    "static dev.promptpo.kernel.Notebook.*");

    private Imports() {}

    /** Import statements: the defaults, then those that the environment asks for. */
    static List<String> all() {
        String more =
                Objects.requireNonNullElse(
                        System.getProperty(PROPERTY),
                        Objects.requireNonNullElse(System.getenv(VARIABLE), ""));
        return with(more);
    }

    /** The defaults and {@code more}: names as an import statement has them, {@code ;} between. */
    static List<String> with(String more) {
        List<String> statements = new ArrayList<>();
        DEFAULTS.forEach(name -> statements.add("import " + name + ";"));
        for (String name : more.split(";", -1)) {
            if (!name.isBlank()) {
                String plain = name.strip().replaceFirst("^import\\s+", "");
                statements.add("import " + plain + ";");
            }
        }
        return statements;
    }
}
