package dev.promptpo.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
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

    /** For a cell to wait for: what no interrupt ends. A cell that gets it keeps it. */
    public static volatile ReentrantLock held = new ReentrantLock();

    public static final Object MONITOR = new Object();

    private final ExecutorService cellThread = Executors.newSingleThreadExecutor();
    private Cells cells;

    @BeforeEach
    void open() {
        cells = new Cells();
        cells.run("import java.util.*; import java.util.concurrent.*; import java.util.stream.*;");
        cells.run("import static dev.promptpo.kernel.InterruptTest.go; int kept = 5;");
        started = new CountDownLatch(1);
        held = new ReentrantLock();
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "held.lock();",
                "synchronized (MONITOR) { kept = 6; }",
                "try (var server = new java.net.ServerSocket(0)) { server.accept(); }",
                "new ProcessBuilder(\"sleep\", \"5\").start().getInputStream().read();",
                "LongStream.range(0, 1L << 34).sum();"
            })
    void leavesBehindWhatNoInterruptReaches(String forever) throws Exception {
        cells.run("import static dev.promptpo.kernel.InterruptTest.*;");
        held.lock();
        try {
            synchronized (MONITOR) {
                Future<Outcome> outcome =
                        cellThread.submit(() -> cells.run("{ go(); " + forever + " }"));
                started.await();
                cells.session().interrupt();
                Outcome.Interrupted interrupted = (Outcome.Interrupted) outcome.get();
                assertThat(interrupted.leftBehind()).isTrue();
                assertThat(ErrorReport.of(interrupted).traceback().toString())
                        .contains("left behind")
                        .contains("In [" + cells.number() + "], line 1");
                assertThat(cellThread.submit(() -> cells.value("kept")).get()).isEqualTo(5);
            }
        } finally {
            held.unlock();
        }
    }

    @Test
    void whatWasLeftBehindEndsAtItsNextCheckpoint() throws Exception {
        cells.run("import static dev.promptpo.kernel.InterruptTest.*; Thread left; long n = 0;");
        held.lock();
        try {
            Future<Outcome> outcome =
                    cellThread.submit(() ->
                            cells.run(
                                    "{ left = Thread.currentThread(); go(); held.lock();"
                                            + " while (true) n++; }"));
            started.await();
            cells.session().interrupt();
            outcome.get();
        } finally {
            held.unlock();
        }
        // While it is about to end, others compute on.
        assertThat(cells.value("int k = 0; for (int i = 0; i < 10; i++) k += i; k")).isEqualTo(45);
        assertThat(cells.value("left.join(); left.isAlive()")).isEqualTo(false);
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
