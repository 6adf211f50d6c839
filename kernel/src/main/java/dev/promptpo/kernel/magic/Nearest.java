package dev.promptpo.kernel.magic;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known name that a mistyped one was probably meant to be. */
final class Nearest {
    private Nearest() {}

    /** Empty where no name is near: more than a third of the letters, and more than two, differ. */
    static Optional<String> to(String name, Collection<String> names) {
        return names.stream()
                .filter(known -> distance(name, known) <= Math.max(2, name.length() / 3))
                .min(
                        Comparator.<String>comparingInt(known -> distance(name, known))
                                .thenComparing(Comparator.naturalOrder()));
    }

    /** Letters to insert, remove or replace to make one of the other (Levenshtein, 1965). */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
