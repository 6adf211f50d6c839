package dev.promptpo.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which events a reader wants, and which of their fields. Every line is checked, wanted or not;
 * only what is wanted is turned into trees, which is what reading many runs takes its time for.
 *
 * <pre>{@code
 * EventSelection.none()
 *         .with("round_closed", "round", "score")
 *         .with("candidate_finished", "round", "attempts/result/message")
 * }</pre>
 *
 * <p>A path goes through arrays: the last one above gives each attempt's message, in an array as
 * long as the event's.
 */
public final class EventSelection {
    private final Map<String, Part> types;

    private EventSelection(Map<String, Part> types) {
        this.types = types;
    }

    /** No event at all, to add to. */
    public static EventSelection none() {
        return new EventSelection(Map.of());
    }

    /**
     * This selection and the events of a type, with these fields of theirs.
     *
     * @param paths names of fields, with {@code /} before those of inner objects; none for all of
     *     them
     */
    public EventSelection with(String type, String... paths) {
        Map<String, Part> more = new HashMap<>(types);
        Part part = new Part(paths.length == 0);
        for (String path : paths) {
            part.add(path);
        }
        more.put(type, part);
        return new EventSelection(Map.copyOf(more));
    }

    /** What is wanted of an event's fields; empty where the event is not wanted. */
    Optional<Part> of(String type) {
        return Optional.ofNullable(types.get(type));
    }

    /** What is wanted of a value: all of it, or some fields of the objects that it is or holds. */
    static final class Part {
        static final Part WHOLE = new Part(true);

        private final List<Field> fields = new ArrayList<>();
        private boolean whole;

        private Part(boolean whole) {
            this.whole = whole;
        }

        private void add(String path) {
            int slash = path.indexOf('/');
            Part part = at(slash < 0 ? path : path.substring(0, slash));
            if (slash < 0) {
                part.whole = true;
            } else {
                part.add(path.substring(slash + 1));
            }
        }

        private Part at(String name) {
            byte[] bytes = name.getBytes(UTF_8);
            Optional<Field> known = field(bytes, 0, bytes.length);
            if (known.isPresent()) {
                return known.get().part();
            }
            Part part = new Part(false);
            fields.add(new Field(name, bytes, part));
            return part;
        }

        boolean isWhole() {
            return whole;
        }

        /** How many fields are named. */
        int size() {
            return fields.size();
        }

        /** The field of this name, in UTF-8; empty where it is not wanted. */
        Optional<Field> field(byte[] name, int from, int to) {
            for (int i = 0; i < fields.size(); i++) {
                Field field = fields.get(i);
                int length = field.bytes.length;
                if (to - from == length && Arrays.equals(name, from, to, field.bytes, 0, length)) {
                    return Optional.of(field);
                }
            }
            return Optional.empty();
        }
    }

    /** A field that is wanted. */
    static final class Field {
        private final String name;
        private final byte[] bytes;
        private final Part part;

        private Field(String name, byte[] bytes, Part part) {
            this.name = name;
            this.bytes = bytes;
            this.part = part;
        }

        String name() {
            return name;
        }

        Part part() {
            return part;
        }
    }
}
