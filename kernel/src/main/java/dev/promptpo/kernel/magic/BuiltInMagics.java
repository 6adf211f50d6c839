package dev.promptpo.kernel.magic;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/** The magics that every session has. */
public final class BuiltInMagics {
    private BuiltInMagics() {}

    /** Registers them. */
    public static void register(Magics magics, MagicHost host) {
        Environment environment = new Environment();
        ClassPath classPath = new ClassPath(host);
        magics.line(
                "maven",
                "group:artifact:version ... [--repository URL] [--sources]",
                "puts libraries on the class path, with all that they need",
                (kernel, arguments) -> classPath.maven(arguments));
        magics.line(
                "jars",
                "FILE-OR-FOLDER ...",
                "puts jars on the class path; of a folder, or a pattern like lib/*.jar, all of them",
                (kernel, arguments) -> classPath.jars(arguments));
        magics.line(
                "classpath",
                "[FOLDER-OR-JAR ...]",
                "puts folders of classes on the class path; alone, lists what is on it",
                (kernel, arguments) -> classPath.entries(arguments));
        magics.line(
                "load",
                "FILE",
                "runs a file of Java, or the Java cells of a notebook, as a part of this cell",
                (kernel, arguments) -> new SourceFile(host).load(arguments));
        magics.line(
                "env",
                "[NAME[=VALUE]]",
                "shows the environment's variables, or sets one for the %%sh cells that follow",
                (kernel, arguments) -> environment.line(arguments));
        magics.cell(
                "sh",
                "",
                "runs the cell in a shell (bash where there is one), its output below",
                (kernel, arguments, body) -> new Shell(environment.set()).run(body));
        magics.cell(
                Timing.NAME,
                "",
                "runs the cell and says how long it took, compiling included",
                (kernel, arguments, body) -> {
                    throw new IllegalStateException("%%time is no call, the cell's runner does it");
                });
        magics.line(
                "lsmagic",
                "",
                "lists the magics",
                (kernel, arguments) -> show(host, Listing.of(magics.helps())));
        magics.line(
                "help",
                "[MAGIC]",
                "says what a cell can do, or explains one magic",
                (kernel, arguments) -> show(host, help(magics, arguments)));
    }

    // A magic's call is a statement to JShell, its value goes nowhere.
    private static Object show(MagicHost host, DisplayData data) {
        host.show(data);
        return null;
    }

    private static DisplayData help(Magics magics, List<String> arguments) {
        if (arguments.isEmpty()) {
            return Listing.withHelp(magics.helps());
        }
        String asked = arguments.getFirst().replaceFirst("^%+", "");
        Map<String, Magics.Help> found = new TreeMap<>();
        magics.helps()
                .forEach((name, help) -> {
                    if (name.replaceFirst("^%+", "").equals(asked)) {
                        found.put(name, help);
                    }
                });
        if (found.isEmpty()) {
            throw new MagicException(
                    "there is no magic "
                            + arguments.getFirst()
                            + Nearest.to(
                                            asked,
                                            magics.names().stream()
                                                    .map(name -> name.replaceFirst("^%+", ""))
                                                    .toList())
                                    .map(near -> "; nearest: " + near)
                                    .orElse("")
                            + "; %lsmagic lists them");
        }
        return Listing.of(found);
    }
}
