package dev.promptpo.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReserveTest {
    private final AtomicInteger starved = new AtomicInteger();
    private final AtomicInteger attempts = new AtomicInteger();
    private final Reserve reserve = new Reserve(starved::incrementAndGet);

    @Test
    void doesWhatItHadNoMemoryForOnceThereIsSome() {
        reserve.persist(() -> {
            if (attempts.incrementAndGet() < 5) {
                throw new OutOfMemoryError("attempt " + attempts);
            }
        });
        assertThat(attempts).hasValue(5);
        assertThat(starved).hasValue(0);
    }

    @Test
    void callsForHelpAfterSecondsWithoutMemory() {
        reserve.persist(() -> {
            attempts.incrementAndGet();
            if (starved.get() == 0) {
                throw new OutOfMemoryError("attempt " + attempts);
            }
        });
        assertThat(starved).hasValue(1);
        assertThat(attempts).hasValueGreaterThan(10);
    }

    @Test
    void leavesOtherFailuresToItsCaller() {
        assertThatThrownBy(() ->
                        reserve.persist(() -> {
                            throw new StackOverflowError("deep");
                        }))
                .isInstanceOf(StackOverflowError.class);
    }
}
