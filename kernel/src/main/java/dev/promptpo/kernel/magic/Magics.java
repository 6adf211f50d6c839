package dev.promptpo.kernel.magic;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.magic.CellMagic;
import org.dflib.jjava.jupyter.kernel.magic.LineMagic;
import org.dflib.jjava.jupyter.kernel.magic.MagicsRegistry;

/** The magics of a session: the kernel's own, which explain themselves, and extensions'. */
public final class Magics extends MagicsRegistry {
    /**
     * Where extensions say what their magics do: {@code %%name = [arguments] | one sentence}. The
     * framework's registry has no place for that.
     */
    static final String HELP_RESOURCE = "META-INF/jupyter-magics.properties";

    private static final Help EXTENSION = new Help("", "from an extension");

    private final Map<String, Help> helps = new TreeMap<>();

    /**
     * How a magic is written, and what it does.
     *
     * @param usage from its percent sign on
     * @param purpose one sentence
     */
    record Help(String usage, String purpose) {}

    /** Runs the line magic of the kernel's own under this name. */
    void line(String name, String arguments, String purpose, LineMagic<Object, BaseKernel> magic) {
        helps.put("%" + name, new Help(("%" + name + " " + arguments).strip(), purpose));
        registerLineMagic(name, magic);
    }

    /** Runs the cell magic of the kernel's own under this name. */
    void cell(String name, String arguments, String purpose, CellMagic<Object, BaseKernel> magic) {
        helps.put("%%" + name, new Help(("%%" + name + " " + arguments).strip(), purpose));
        registerCellMagic(name, magic);
    }

    /** All names with their percent signs. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        getLineMagicNames().forEach(name -> names.add("%" + name));
        getCellMagicNames().forEach(name -> names.add("%%" + name));
        return names;
    }

    /** How a magic is used, by its name with percent signs; empty for what is no magic. */
    public Optional<String> help(String name) {
        return names().contains(name) ? Optional.of(text(helpOf(name))) : Optional.empty();
    }

    /** All magics with their help, by name. */
    Map<String, Help> helps() {
        Map<String, Help> all = new LinkedHashMap<>();
        names().forEach(name -> all.put(name, helpOf(name)));
        return all;
    }

    private Help helpOf(String name) {
        Help own = helps.get(name);
        if (own != null) {
            return own;
        }
        Help given = fromExtensions().getOrDefault(name, EXTENSION);
        return new Help((name + " " + given.usage()).strip(), given.purpose());
    }

    private static Map<String, Help> fromExtensions() {
        Map<String, Help> found = new TreeMap<>();
        ClassLoader loader =
                Objects.requireNonNullElseGet(
                        Thread.currentThread().getContextClassLoader(),
                        Magics.class::getClassLoader);
        try {
            for (URL resource : Collections.list(loader.getResources(HELP_RESOURCE))) {
                Properties lines = new Properties();
                try (InputStream in = resource.openStream()) {
                    lines.load(in);
                }
                lines.forEach((name, line) -> {
                    String[] parts = line.toString().split("\\s*\\|\\s*", 2);
                    found.put(
                            name.toString(),
                            new Help(parts.length > 1 ? parts[0] : "", parts[parts.length - 1]));
                });
            }
        } catch (IOException e) {
            // Help is no reason to fail.
            return found;
        }
        return found;
    }

    private static String text(Help help) {
        return help.usage() + "\n    " + help.purpose();
    }

    @Override
    public <T, K extends BaseKernel> T evalLineMagic(K kernel, String name, List<String> arguments)
            throws Exception {
        if (!getLineMagicNames().contains(name)) {
            throw unknown("%", name, getLineMagicNames(), getCellMagicNames());
        }
        return super.evalLineMagic(kernel, name, arguments);
    }

    @Override
    public <T, K extends BaseKernel> T evalCellMagic(
            K kernel, String name, List<String> arguments, String body) throws Exception {
        if (!getCellMagicNames().contains(name)) {
            throw unknown("%%", name, getCellMagicNames(), getLineMagicNames());
        }
        return super.evalCellMagic(kernel, name, arguments, body);
    }

    private static MagicException unknown(
            String sign, String name, Set<String> names, Set<String> otherNames) {
        boolean line = sign.equals("%");
        String otherSign = line ? "%%" : "%";
        String message = "there is no magic " + sign + name + "; ";
        if (otherNames.contains(name)) {
            return new MagicException(
                    message
                            + otherSign
                            + name
                            + (line
                                    ? " is one for a whole cell, written in its first line"
                                    : " is one for a line"));
        }
        String nearest =
                Nearest.to(name, names)
                        .map(near -> sign + near)
                        .or(() -> Nearest.to(name, otherNames).map(near -> otherSign + near))
                        .map(near -> "nearest: " + near + "; ")
                        .orElse("");
        return new MagicException(message + nearest + "%lsmagic lists them");
    }
}
