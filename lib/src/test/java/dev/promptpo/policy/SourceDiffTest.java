package dev.promptpo.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptpo.policy.SourceDiff.Side;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class SourceDiffTest {
    @Test
    void showsWhatWasTakenAwayAndAddedWithAFewLinesAround() {
        String before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        String after = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n";
        SourceDiff diff = SourceDiff.of("a", before, "b", after);
        assertThat(diff.summary()).isEqualTo("a -> b: 2 lines added, 1 taken away, 8 kept");
        assertThat(diff.toString())
                .isEqualTo(
                        diff.summary()
                                + "\n  ...\n  2\n  3\n  4\n- 5\n+ five\n  6\n  7\n  8\n  9\n+ 10");
    }

    @Test
    void ofTheSameTextNothingIsShown() {
        SourceDiff diff = SourceDiff.of("a", "x\ny\n", "b", "x\ny\n");
        assertThat(diff.same()).isTrue();
        assertThat(diff.toString()).isEqualTo("a -> b: the same");
    }

    /** Each side can be read off whole, and no longer common part is missed in the simple case. */
    @Property(tries = 200)
    void eachSideIsInItWhole(
            @ForAll @StringLength(max = 12) @CharRange(from = 'a', to = 'c') String one,
            @ForAll @StringLength(max = 12) @CharRange(from = 'a', to = 'c') String other) {
        SourceDiff diff = SourceDiff.of("a", lines(one), "b", lines(other));
        assertThat(side(diff, Side.BEFORE)).isEqualTo(one);
        assertThat(side(diff, Side.AFTER)).isEqualTo(other);
    }

    private static String lines(String letters) {
        return letters.chars()
                .mapToObj(letter -> (char) letter + "\n")
                .collect(Collectors.joining());
    }

    private static String side(SourceDiff diff, Side side) {
        return diff.lines().stream()
                .filter(line -> line.side() == side || line.side() == Side.BOTH)
                .map(SourceDiff.Line::text)
                .collect(Collectors.joining());
    }
}
