package dev.promptpo.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.dflib.jjava.jupyter.kernel.history.HistoryEntry;
import org.dflib.jjava.jupyter.kernel.history.HistoryManager.ResultFlag;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private static final Set<ResultFlag> NONE = EnumSet.noneOf(ResultFlag.class);
    private final History history = new History();

    @BeforeEach
    void fill() {
        history.add(1, "int a = 1;", "");
        history.add(2, "a[0]", "7");
        history.add(3, "int b = 1;", "");
        history.add(4, "int a = 1;", "");
    }

    @Test
    void tailAndRange() {
        assertThat(history.lookupTail(2, NONE))
                .extracting(HistoryEntry::getCellNumber)
                .containsExactly(3, 4);
        assertThat(history.lookupRange(0, 2, 4, NONE))
                .extracting(HistoryEntry::getCellNumber)
                .containsExactly(2, 3);
        assertThat(history.lookupRange(-1, 0, 9, NONE)).isEmpty();
    }

    @Test
    void outputOnlyWhenAsked() {
        assertThat(history.lookupRange(0, 2, 3, NONE).getFirst().hasOutput()).isFalse();
        assertThat(
                        history.lookupRange(0, 2, 3, EnumSet.of(ResultFlag.INCLUDE_OUTPUT))
                                .getFirst()
                                .getOutput())
                .isEqualTo("7");
    }

    @Test
    void globs() {
        assertThat(found("int ?*", NONE)).containsExactly(1, 3, 4);
        assertThat(found("int [ax]*", EnumSet.of(ResultFlag.UNIQUE))).containsExactly(4);
        assertThat(found("a*]", NONE)).containsExactly(2);
        assertThat(found("nothing", NONE)).isEmpty();
    }

    private List<Integer> found(String glob, Set<ResultFlag> flags) {
        return history.search(glob, 10, flags).stream().map(HistoryEntry::getCellNumber).toList();
    }
}
