package dev.promptpo.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class SealedLineTest {
    private static final ObjectNode OBJECT =
            Json.object().put("sequence", 1).put("text", "naïve \"quoted\"\nline");

    @Test
    void endsInTheChecksumOfWhatComesBefore() {
        String line = new String(SealedLine.seal(OBJECT), StandardCharsets.UTF_8);
        int body = line.lastIndexOf(",\"crc\":\"");
        CRC32C crc = new CRC32C();
        crc.update(line.substring(0, body).getBytes(StandardCharsets.UTF_8));

        assertThat(line).endsWith(",\"crc\":\"%08x\"}\n".formatted(crc.getValue()));
        assertThat(line.chars().filter(c -> c == '\n').count()).isEqualTo(1);
    }

    /** The check value of CRC-32C, of the nine digits, from RFC 3720's polynomial. */
    @Test
    void usesCastagnolisPolynomial() {
        CRC32C crc = new CRC32C();
        crc.update("123456789".getBytes(StandardCharsets.US_ASCII));
        assertThat(crc.getValue()).isEqualTo(0xE3069283L);
    }

    @Test
    void givesBackWhatWasSealed() throws SealedLine.Broken {
        assertThat(SealedLine.open(withoutNewline())).isEqualTo(OBJECT);
    }

    @Test
    void findsEveryFlippedBit() {
        byte[] line = withoutNewline();
        for (int bit = 0; bit < line.length * 8; bit++) {
            byte[] flipped = line.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> SealedLine.open(flipped))
                    .isInstanceOf(SealedLine.Broken.class);
        }
    }

    @Test
    void refusesEveryShorterLine() {
        byte[] line = withoutNewline();
        for (int length = 0; length < line.length; length++) {
            byte[] cut = Arrays.copyOf(line, length);
            assertThatThrownBy(() -> SealedLine.open(cut)).isInstanceOf(SealedLine.Broken.class);
        }
    }

    private static byte[] withoutNewline() {
        byte[] line = SealedLine.seal(OBJECT);
        return Arrays.copyOf(line, line.length - 1);
    }
}
