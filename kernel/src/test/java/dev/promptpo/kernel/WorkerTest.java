package dev.promptpo.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkerTest {
    private final BlockingQueue<Throwable> reported = new LinkedBlockingQueue<>();
    private final List<String> done = Collections.synchronizedList(new ArrayList<>());

    @Test
    void runsPiecesInOrderOnOneThread() throws InterruptedException {
        Worker worker = new Worker("in order");
        for (String piece : List.of("a", "b", "c")) {
            worker.execute(() -> done.add(piece + Thread.currentThread().getName()));
            worker.execute(() -> done.add(String.valueOf(worker.isCurrent())));
        }
        end(worker);
        assertThat(done)
                .containsExactly("ain order", "true", "bin order", "true", "cin order", "true");
        assertThat(worker.isCurrent()).isFalse();
    }

    @Test
    void goesOnAfterWhatAPieceThrows() throws InterruptedException {
        Worker worker = new Worker("thrown at");
        worker.thread().setUncaughtExceptionHandler((thread, thrown) -> reported.add(thrown));
        worker.execute(() -> {
            throw new IllegalStateException("one");
        });
        worker.execute(() -> {
            throw new OutOfMemoryError("two");
        });
        worker.execute(() -> {
            throw new AssertionError("three");
        });
        worker.execute(() -> done.add("four"));
        end(worker);
        assertThat(done).containsExactly("four");
        assertThat(reported).extracting(Throwable::getMessage).containsExactly("one", "three");
    }

    @Test
    void survivesAReportThatFails() throws InterruptedException {
        Worker worker = new Worker("without memory");
        worker.thread()
                .setUncaughtExceptionHandler((thread, thrown) -> {
                    throw new OutOfMemoryError("none for saying so");
                });
        worker.execute(() -> {
            throw new IllegalStateException("unheard");
        });
        worker.execute(() -> done.add("next"));
        end(worker);
        assertThat(done).containsExactly("next");
    }

    @Test
    void keepsAnInterruptFromThePieceAfterTheOneThatItWasMeantFor() throws InterruptedException {
        Worker worker = new Worker("interrupted");
        worker.execute(() -> Thread.currentThread().interrupt());
        worker.execute(() -> done.add("interrupted: " + Thread.currentThread().isInterrupted()));
        CountDownLatch idle = new CountDownLatch(1);
        worker.execute(idle::countDown);
        idle.await();
        worker.thread().interrupt();
        worker.execute(() -> done.add("there"));
        end(worker);
        assertThat(done).containsExactly("interrupted: false", "there");
    }

    @Test
    void runsNothingThatComesAfterItsLeave() throws InterruptedException {
        Worker worker = new Worker("left");
        worker.execute(() -> done.add("before"));
        end(worker);
        worker.execute(() -> done.add("after"));
        assertThat(done).containsExactly("before");
        assertThat(worker.thread().isAlive()).isFalse();
    }

    private static void end(Worker worker) throws InterruptedException {
        worker.leave();
        worker.thread().join();
    }
}
