package dev.promptpo.kernel.magic;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** {@code %env}: the environment's variables, and those that are set for shells to come. */
final class Environment {
    /** Values of variables of such names stay out of notebooks, which are passed on. */
    private static final Pattern SECRET =
            Pattern.compile("(?i).*(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL).*");

    private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*");

    private final Map<String, String> set = new TreeMap<>();

    /** What has been set in this session. */
    Map<String, String> set() {
        return Map.copyOf(set);
    }

    Object line(List<String> arguments) {
        String argument = String.join(" ", arguments);
        int equals = argument.indexOf('=');
        Map<String, String> all = new TreeMap<>(System.getenv());
        all.putAll(set);
        if (argument.isEmpty()) {
            all.forEach((name, value) -> System.out.println(name + "=" + shown(name, value)));
        } else if (equals >= 0) {
            set(argument.substring(0, equals).strip(), argument.substring(equals + 1).strip());
        } else if (all.containsKey(argument)) {
            System.out.println(argument + "=" + shown(argument, all.get(argument)));
        } else {
            throw new MagicException(
                    "the environment has no "
                            + argument
                            + Nearest.to(argument, all.keySet())
                                    .map(near -> "; nearest: " + near)
                                    .orElse(""));
        }
        return null;
    }

    private void set(String name, String value) {
        if (!NAME.matcher(name).matches()) {
            throw new MagicException(
                    "expected %env NAME=VALUE, the name of letters, digits and _; got: " + name);
        }
        set.put(name, value);
        System.out.println(
                name
                        + " is set for %%sh cells; System.getenv stays as it was when the kernel"
                        + " started (set it there and restart, where Java is to see it)");
    }

    private static String shown(String name, String value) {
        return SECRET.matcher(name).matches() && !value.isEmpty() ? "(not shown)" : value;
    }
}
