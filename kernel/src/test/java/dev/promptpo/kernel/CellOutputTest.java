package dev.promptpo.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.dflib.jjava.jupyter.messages.publish.PublishStream;
import org.dflib.jjava.jupyter.messages.publish.PublishStream.StreamType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CellOutputTest {
    private final CellOutput output = new CellOutput();
    private final List<PublishStream> sent = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void attach() {
        output.sendTo(sent::add);
    }

    @Test
    void keepsTheOrderOfBothStreams() {
        output.out().print("a");
        output.out().print("b");
        output.err().print("c");
        output.out().print("d");
        output.flush();
        assertThat(sent)
                .extracting(PublishStream::getStreamType, PublishStream::getText)
                .satisfies(all ->
                        assertThat(all.toString())
                                .isEqualTo("[(OUT, \"ab\"), (ERR, \"c\"), (OUT, \"d\")]"));
    }

    @Test
    void neverCutsACharacter() {
        byte[] bytes = "ä→𝔸".getBytes(StandardCharsets.UTF_8);
        for (byte b : bytes) {
            output.out().write(b);
            output.flush();
        }
        assertThat(sent).extracting(PublishStream::getText).containsExactly("ä", "→", "𝔸");
    }

    @Test
    void givesWhatWasPrintedToTheCellThatPrintedIt() {
        List<String> next = new ArrayList<>();
        output.out().print("first");
        output.sendTo(message -> next.add(message.getText()));
        output.out().print("second");
        output.flush();
        assertThat(sent).extracting(PublishStream::getText).containsExactly("first");
        assertThat(next).containsExactly("second");
    }

    @Test
    void gathersManySmallPrints() {
        for (int i = 0; i < 100_000; i++) {
            output.out().print("0123456789");
        }
        output.flush();
        assertThat(sent).allMatch(message -> message.getStreamType() == StreamType.OUT);
        assertThat(sent.stream().mapToInt(message -> message.getText().length()).sum())
                .isEqualTo(1_000_000);
        assertThat(sent).hasSizeLessThan(1000);
    }

    @Test
    void keepsAFloodInAFileAndSaysWhere() throws IOException {
        String line = "0123456789".repeat(10) + "\n";
        for (int i = 0; i < 100_000; i++) {
            output.out().print(line);
        }
        output.endCell();
        String shown = text(StreamType.OUT);
        assertThat(shown.length()).isEqualTo(2_500_000);
        Matcher notice =
                Pattern.compile("7\\.6 MB more of output: the rest is in (\\S+)]")
                        .matcher(text(StreamType.ERR));
        assertThat(notice.find()).isTrue();
        Path rest = Path.of(notice.group(1));
        assertThat(shown + Files.readString(rest)).isEqualTo(line.repeat(100_000));
        Files.delete(rest);
    }

    @Test
    void aClearedCellHasRoomAgain() {
        for (int i = 0; i < 5; i++) {
            output.out().print("x".repeat(1_000_000));
            output.clearCell();
        }
        output.endCell();
        assertThat(text(StreamType.OUT)).hasSize(5_000_000);
        assertThat(text(StreamType.ERR)).isEmpty();
    }

    private String text(StreamType stream) {
        return sent.stream()
                .filter(message -> message.getStreamType() == stream)
                .map(PublishStream::getText)
                .collect(Collectors.joining());
    }
}
