package dev.promptpo.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not stopped here runs into the time limit, which only says: it hangs. */
@Timeout(60)
public class InterruptTest {
    private static volatile CountDownLatch started = new CountDownLatch(1);

    /** What a cell calls when it is where it is to be interrupted. */
    public static void go() {
        started.countDown();
    }

    private final ExecutorService cellThread = Executors.newSingleThreadExecutor();
    private Cells cells;

    @BeforeEach
    void open() {
        cells = new Cells();
        cells.run("import java.util.*; import java.util.concurrent.*; import java.util.stream.*;");
        cells.run("import static dev.promptpo.kernel.InterruptTest.go; int kept = 5;");
        started = new CountDownLatch(1);
    }

    @AfterEach
    void close() throws InterruptedException {
        cellThread.shutdownNow();
        assertThat(cellThread.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        cells.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "long n = 0; go(); while (true) n++;",
                "go(); for (;;) ;",
                "go(); Thread.sleep(600_000);",
                "go(); new CountDownLatch(1).await();",
                "var t = new Thread(() -> { try { Thread.sleep(30_000); } catch (Exception e) {} });"
                        + " t.setDaemon(true); t.start(); go(); t.join();",
                "go(); new ArrayBlockingQueue<Integer>(1).take();",
                "go(); IntStream.iterate(0, i -> i).forEach(i -> {});",
                "go(); IntStream.range(0, 1 << 30).parallel().forEach(i -> { while (true) ; });",
                "class F { static int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); } }"
                        + " go(); F.fib(90);",
                "class Spin { void spin() { while (true) ; } } go(); new Spin().spin();",
                "go(); while (true) { try { Thread.sleep(20); } catch (InterruptedException e) {} }",
                "go(); while (true) { try { Math.sqrt(2); } catch (Throwable e) {} }",
                "Object lock = new Object(); synchronized (lock) { go(); lock.wait(); }",
                "var e = Executors.newVirtualThreadPerTaskExecutor();"
                        + " var f = e.submit(() -> { while (true) ; }); go(); f.get();"
            })
    void stopsAndKeepsTheSession(String forever) throws Exception {
        Future<Outcome> outcome = cellThread.submit(() -> cells.run("{ " + forever + " }"));
        started.await();
        cells.session().interrupt();
        assertThat(outcome.get()).isInstanceOf(Outcome.Interrupted.class);
        assertThat(cellThread.submit(() -> cells.value("kept")).get()).isEqualTo(5);
        assertThat(cellThread.submit(Thread::interrupted).get()).isFalse();
    }

    @Test
    void stopsTheCellsThatWereToFollowInTheSameCell() throws Exception {
        Future<Outcome> outcome =
                cellThread.submit(() -> cells.run("{ go(); Thread.sleep(600_000); }\nkept = 6;"));
        started.await();
        cells.session().interrupt();
        assertThat(outcome.get()).isInstanceOf(Outcome.Interrupted.class);
        assertThat(cells.value("kept")).isEqualTo(5);
    }

    @Test
    void saysWhereItStopped() throws Exception {
        Future<Outcome> outcome =
                cellThread.submit(() -> cells.run("{\n  go();\n  Thread.sleep(600_000);\n}"));
        started.await();
        cells.session().interrupt();
        Outcome.Interrupted interrupted = (Outcome.Interrupted) outcome.get();
        assertThat(ErrorReport.of(interrupted).traceback().toString())
                .contains("In [" + cells.number() + "], line 3")
                .contains("java.lang.Thread.sleep");
    }

    @Test
    void stopsTheLoopsThatTheCellHasInOtherThreads() throws Exception {
        cells.run("Thread spinning = new Thread(() -> { while (true) ; });");
        Future<Outcome> outcome =
                cellThread.submit(() -> cells.run("{ spinning.start(); go(); spinning.join(); }"));
        started.await();
        cells.session().interrupt();
        assertThat(outcome.get()).isInstanceOf(Outcome.Interrupted.class);
        Thread spinning =
                Thread.getAllStackTraces().keySet().stream()
                        .filter(t ->
                                Arrays.stream(t.getStackTrace())
                                        .anyMatch(f -> f.getClassName().startsWith("REPL")))
                        .findAny()
                        .orElse(Thread.currentThread());
        if (spinning != Thread.currentThread()) {
            spinning.join();
        }
        assertThat(cells.value("spinning.isAlive()")).isEqualTo(false);
    }

    @Test
    void meetsNothingBetweenCells() throws Exception {
        cells.session().interrupt();
        assertThat(cells.value("kept")).isEqualTo(5);
        assertThat(cells.run("Thread.sleep(1);")).isEqualTo(new Outcome.Done());
    }

    @Test
    void leavesOtherThreadsAlone() throws Exception {
        cells.run(
                "var ticks = new java.util.concurrent.atomic.AtomicLong();"
                        + " var ended = new CountDownLatch(1); var library = new Thread(() -> {"
                        + " try { ended.await(); } catch (InterruptedException e) { ticks.set(-1); }"
                        + " }); library.start();");
        Future<Outcome> outcome =
                cellThread.submit(() -> cells.run("{ go(); Thread.sleep(600_000); }"));
        started.await();
        cells.session().interrupt();
        outcome.get();
        assertThat(cells.value("ended.countDown(); library.join(); ticks.get()")).isEqualTo(0L);
    }
}
