package dev.promptpo.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
}
