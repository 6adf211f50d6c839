package dev.promptpo.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryTest {
    private static final List<HistoryEntry> ROUNDS =
            List.of(entry(1, 5), entry(2, 9), entry(3, Double.NaN), entry(4, 9), entry(5, 7));

    @ParameterizedTest
    @CsvSource({
        "full, 12345, 12345",
        "compact, 12345, 245",
        "compact:1, 12345, 2",
        "compact:4, 12345, 1245",
        "compact:9, 12345, 12345",
        "best, 2, 2",
        "none, '', ''"
    })
    void choosesWhatIsListedAndWhatIsShownInWhole(String form, String listed, String detailed) {
        History history = History.parse(form);
        assertThat(rounds(history.listed(ROUNDS))).isEqualTo(listed);
        assertThat(rounds(history.detailed(ROUNDS))).isEqualTo(detailed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "compact:3", "compact:12", "best", "none"})
    void isReadAsItIsWritten(String id) {
        assertThat(History.parse(id).id()).isEqualTo(id);
    }

    @Test
    void showsThreeUnlessAskedOtherwise() {
        assertThat(History.parse("compact")).isEqualTo(new History.Compact(3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "all", "compact:0", "compact:-1", "compact:", "compact:x", "Full"})
    void refusesAnythingElse(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> History.parse(text));
    }

    private static HistoryEntry entry(int round, double score) {
        return new HistoryEntry(
                round, "source", score, List.of(score), List.of(), Optional.empty());
    }

    private static String rounds(List<HistoryEntry> entries) {
        return String.join(
                "", entries.stream().map(entry -> String.valueOf(entry.round())).toList());
    }
}
