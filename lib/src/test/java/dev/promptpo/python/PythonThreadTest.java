package dev.promptpo.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PythonThreadTest {

    private static final PythonThread NOTEBOOK = PythonThread.notebook();

    @Test
    void thePythonIsTheEnvironmentsOwn() {
        String prefix = NOTEBOOK.run(python -> python.call(String.class, "os", "getcwd"));
        assertThat(prefix).isNotEmpty();
        PythonInstallation installation = PythonInstallation.find();
        String executable =
                NOTEBOOK.run(python -> {
                    python.execute("import sys");
                    return python.evaluate(String.class, "sys.executable");
                });
        assertThat(executable).isEqualTo(installation.interpreter().toString());
    }

    @Test
    void eachThreadHasItsOwnNamespaceAndSharesModules() {
        NOTEBOOK.run(python -> {
            python.assign("name", "notebook");
            python.execute("import math; math.promptpo_mark = 42");
            return 0;
        });
        PythonThread.rollout()
                .run(python -> {
                    assertThatThrownBy(() -> python.evaluate(String.class, "name"))
                            .isInstanceOf(PythonException.class)
                            .hasMessageContaining("NameError");
                    python.execute("import math");
                    assertThat(python.evaluate(Long.class, "math.promptpo_mark")).isEqualTo(42L);
                    return 0;
                });
    }

    @Test
    void arraysGoBothWays() {
        double[] values = {1.5, -2.25, Double.POSITIVE_INFINITY, 1e-300};
        NOTEBOOK.run(python -> {
            assertThat(python.call(String.class, "builtins", "repr", values)).startsWith("array(");
            double[] back = python.call(double[].class, "numpy", "flip", values);
            assertThat(back).containsExactly(1e-300, Double.POSITIVE_INFINITY, -2.25, 1.5);
            double[] product = python.call(double[].class, "numpy", "outer", values, back);
            assertThat(product).hasSize(16);
            assertThat(product[4]).isEqualTo(-2.25e-300);
            return 0;
        });
    }

    @Test
    void bytesGoBothWays() {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        NOTEBOOK.run(python -> {
            assertThat(python.call(String.class, "builtins", "repr", bytes))
                    .startsWith("b'\\x00\\x01");
            python.assign("data", bytes);
            assertThat(python.evaluate(Long.class, "sum(data)")).isEqualTo(255 * 128);
            assertThat(python.evaluate(byte[].class, "data[::-1]"))
                    .hasSize(256)
                    .startsWith(255, 254, 253)
                    .endsWith(1, 0);
            return 0;
        });
    }

    @Test
    void listsAndTuplesBecomeListsWithTheirElements() {
        NOTEBOOK.run(python -> {
            List<?> list = python.evaluate(List.class, "[('a', b'xy', 2, None), [1.5, True]]");
            List<?> first = (List<?>) list.get(0);
            assertThat(first.get(0)).isEqualTo("a");
            assertThat((byte[]) first.get(1)).containsExactly('x', 'y');
            assertThat(first.get(2)).isEqualTo(2L);
            assertThat(first.get(3)).isNull();
            assertThat(list.get(1)).isEqualTo(List.of(1.5, true));
            return 0;
        });
    }

    @Test
    void whatPythonRaisesHasOneLineAndATraceback() {
        PythonException raised =
                org.junit.jupiter.api.Assertions.assertThrows(
                        PythonException.class,
                        () ->
                                NOTEBOOK.run(python -> {
                                    python.execute(
                                            """
                                            def outer():
                                                raise ValueError("first\\nsecond")
                                            outer()
                                            """,
                                            "<cell 1>");
                                    return 0;
                                }));
        assertThat(raised).hasMessage("ValueError: first");
        assertThat(raised.type()).isEqualTo("ValueError");
        assertThat(raised.detail()).isEqualTo("first\nsecond");
        assertThat(raised.traceback())
                .startsWith("Traceback (most recent call last):")
                .contains("File \"<cell 1>\", line 2, in outer", "raise ValueError(\"first")
                .doesNotContain("guard");
        assertThat(raised.getStackTrace())
                .as("the caller's own frames are in the trace")
                .anyMatch(f -> f.getClassName().equals(PythonThreadTest.class.getName()));
    }

    @Test
    void systemExitDoesNotEndTheJvm() {
        assertThatThrownBy(() -> NOTEBOOK.run(python -> python.call(Void.class, "sys", "exit", 3)))
                .isInstanceOf(PythonException.class)
                .hasMessage("SystemExit: 3");
    }

    @Test
    void printsGoToTheCallersOutput() {
        PrintStream before = System.out;
        PrintStream errors = System.err;
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        ByteArrayOutputStream second = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(first, false, StandardCharsets.UTF_8));
            NOTEBOOK.run(python -> {
                python.execute("print('to the first: \u00e9\u20ac')");
                return 0;
            });
            System.setErr(new PrintStream(second, false, StandardCharsets.UTF_8));
            NOTEBOOK.run(python -> {
                python.execute("import sys; print('to the second', file=sys.stderr)");
                return 0;
            });
        } finally {
            System.setOut(before);
            System.setErr(errors);
        }
        assertThat(first.toString(StandardCharsets.UTF_8))
                .isEqualTo("to the first: \u00e9\u20ac\n");
        assertThat(second.toString(StandardCharsets.UTF_8)).isEqualTo("to the second\n");
    }

    @Test
    void printsOfPythonsOwnThreadsAreCarriedByTheNextTask() {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(out, false, StandardCharsets.UTF_8));
            NOTEBOOK.run(python -> {
                python.execute(
                        """
                        import threading
                        t = threading.Thread(target=print, args=("from a thread",))
                        t.start(); t.join()
                        """);
                return 0;
            });
        } finally {
            System.setOut(before);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("from a thread\n");
    }

    @Test
    void anObjectIsRefusedOnAnotherThread() {
        PythonObject list =
                NOTEBOOK.run(python -> python.call(PythonObject.class, "builtins", "list"));
        assertThatThrownBy(() ->
                        PythonThread.rollout()
                                .run(python -> python.call(Long.class, "builtins", "len", list)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to the PythonThread");
        assertThatThrownBy(() -> list.call(Void.class, "clear"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("python-notebook");
    }

    @Test
    void aTaskWithinATaskRunsAtOnce() {
        long length =
                NOTEBOOK.run(outer ->
                        NOTEBOOK.run(inner -> inner.call(Long.class, "builtins", "len", "four")));
        assertThat(length).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "running()\nn = 0\nwhile True: n += 1",
                "import time\nrunning()\nwhile True: time.sleep(0.01)",
                "import numpy\nrunning()\nwhile True: numpy.ones((100, 100)) @ numpy.ones((100, 100))"
            })
    void anInterruptedWaitStopsPythonAndTheInterpreterGoesOn(String endless) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread caller =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                NOTEBOOK.call(python -> {
                                    python.assign("running", (Runnable) running::countDown);
                                    python.execute("running = running.run");
                                    python.execute(endless);
                                    return 0;
                                });
                            } catch (Throwable e) {
                                thrown.set(e);
                            }
                        });
        running.await();
        caller.interrupt();
        caller.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(thrown.get().getSuppressed())
                .singleElement()
                .satisfies(e -> assertThat(e).hasMessage("KeyboardInterrupt"));
        for (int i = 0; i < 100; i++) {
            assertThat(cumulativeSum(1, 2, 3)).containsExactly(1, 3, 6);
        }
    }

    @Test
    void aTaskThatHasNotBegunIsWithdrawn() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        List<String> order = java.util.Collections.synchronizedList(new java.util.ArrayList<>());
        Thread first =
                Thread.ofVirtual()
                        .start(() ->
                                NOTEBOOK.run(python -> {
                                    running.countDown();
                                    try {
                                        release.await();
                                    } catch (InterruptedException e) {
                                        order.add("first was interrupted");
                                    }
                                    order.add("first");
                                    return 0;
                                }));
        running.await();
        Thread second =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                NOTEBOOK.call(python -> order.add("second"));
                            } catch (InterruptedException e) {
                                order.add("second withdrawn");
                            }
                        });
        second.interrupt();
        second.join();
        release.countDown();
        first.join();
        NOTEBOOK.run(python -> order.add("third"));
        assertThat(order).containsExactly("second withdrawn", "first", "third");
    }

    @Test
    void interruptsThatComeAtTheEndOfATaskDoNotReachTheNext() throws Exception {
        Thread caller = Thread.currentThread();
        int interrupted = 0;
        for (int i = 0; i < 200; i++) {
            int turns = i * 50;
            CountDownLatch begun = new CountDownLatch(1);
            Thread other =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    begun.await();
                                } catch (InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                                caller.interrupt();
                            });
            try {
                NOTEBOOK.call(python -> {
                    begun.countDown();
                    return python.call(Long.class, "builtins", "sum", indices(turns));
                });
            } catch (InterruptedException e) {
                interrupted++;
            }
            try {
                other.join();
            } catch (InterruptedException e) {
                interrupted++;
            }
            if (Thread.interrupted()) {
                interrupted++;
            }
            assertThat(cumulativeSum(1)).containsExactly(1);
        }
        assertThat(interrupted).isEqualTo(200);
    }

    private static double[] cumulativeSum(double... values) {
        return NOTEBOOK.run(python -> python.call(double[].class, "numpy", "cumsum", values));
    }

    private static long[] indices(int n) {
        long[] values = new long[n];
        Arrays.setAll(values, i -> i);
        return values;
    }

    @Test
    void deepRecursionDoesNotOverflowTheStack() {
        NOTEBOOK.run(python -> {
            python.execute(
                    """
                    import sys
                    limit = sys.getrecursionlimit()
                    sys.setrecursionlimit(20000)
                    def depth(n):
                        return 0 if n == 0 else 1 + max([depth(n - 1)], key=lambda v: v)
                    try:
                        reached = depth(6000)
                    finally:
                        sys.setrecursionlimit(limit)
                    """);
            assertThat(python.evaluate(Long.class, "reached")).isEqualTo(6000);
            return 0;
        });
    }
}
