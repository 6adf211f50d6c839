package dev.promptpo.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.lang.model.SourceVersion;

/**
 * The variables that a Python cell shares with Java: {@code %%python a b -> c}.
 *
 * @param in variables of Java that Python is given before the cell
 * @param out variables of Python that Java is given after it
 */
record SharedNames(List<String> in, List<String> out) {
    private static final String ARROW = "->";

    static SharedNames parse(List<String> arguments) {
        List<String> in = new ArrayList<>();
        List<String> out = new ArrayList<>();
        List<String> side = in;
        String line = String.join(" ", arguments).replace(ARROW, " " + ARROW + " ");
        for (String word : line.split("[\\s,]+", 0)) {
            if (word.equals(ARROW) && side == in) {
                side = out;
            } else if (isName(word)) {
                side.add(word);
            } else if (!word.isEmpty()) {
                throw new IllegalArgumentException(
                        "expected %%python [variables of Java] [-> variables for Java], as in"
                                + " %%python a b -> c; got "
                                + word);
            }
        }
        return new SharedNames(List.copyOf(in), List.copyOf(out));
    }

    private static boolean isName(String word) {
        return SourceVersion.isName(word) && word.indexOf('.') < 0;
    }

    /**
     * The value of one of Java's variables.
     *
     * @param java evaluates Java source in the session
     */
    Object java(Function<String, Object> java, String name) {
        try {
            return java.apply(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Java has no variable " + name + " to hand to Python");
        }
    }

    /** Makes a value a variable of Java, with the type that it is. */
    void declare(Consumer<String> java, String name, Object value) {
        String type =
                switch (value) {
                    case double[] array -> "double[]";
                    case double[][] array -> "double[][]";
                    case long[] array -> "long[]";
                    case long[][] array -> "long[][]";
                    case Long number -> "long";
                    case Double number -> "double";
                    case Boolean truth -> "boolean";
                    case String text -> "String";
                    case Map<?, ?> map -> "java.util.Map<String, Object>";
                    case List<?> list -> "java.util.List<Object>";
                    case null, default -> "Object";
                };
        PythonValues.hold(value);
        java.accept(
                type
                        + " "
                        + name
                        + " = ("
                        + boxed(type)
                        + ") "
                        + PythonValues.class.getName()
                        + ".held();");
    }

    private static String boxed(String type) {
        return switch (type) {
            case "long" -> "Long";
            case "double" -> "Double";
            case "boolean" -> "Boolean";
            default -> type;
        };
    }
}
