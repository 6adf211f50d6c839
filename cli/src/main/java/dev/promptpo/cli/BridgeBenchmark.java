package dev.promptpo.cli;

import dev.promptpo.cli.RolloutBenchmark.Measure;
import dev.promptpo.python.Python;
import dev.promptpo.python.PythonObject;
import dev.promptpo.python.PythonThread;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import java.util.List;

/** What it costs to call Python from Java, in the same process, on the interpreter's thread. */
final class BridgeBenchmark {
    private static final int WARMING = 20_000;
    private static final int CALLS = 100_000;
    private static final int DOUBLES = 1_000_000;
    private static final int HANDOVERS = 2_000;

    private static final String CALLED =
            """
            class Called:
                def nothing(self):
                    pass

                def take(self, array):
                    pass
            """;

    private BridgeBenchmark() {}

    /** Both measures, one after the other. */
    static List<Measure> run() {
        return PythonThread.notebook().run(BridgeBenchmark::measures);
    }

    private static List<Measure> measures(Python python) {
        python.execute(CALLED);
        try (PythonObject called = python.evaluate(PythonObject.class, "Called()")) {
            Runnable nothing = () -> called.call(Void.class, "nothing");
            DoubleBuffer doubles =
                    ByteBuffer.allocateDirect(Double.BYTES * DOUBLES)
                            .order(ByteOrder.nativeOrder())
                            .asDoubleBuffer();
            Runnable handover = () -> called.call(Void.class, "take", doubles);
            microseconds(nothing, WARMING);
            double[] calls = microseconds(nothing, CALLS);
            microseconds(handover, HANDOVERS);
            double[] handovers = microseconds(handover, HANDOVERS);
            return List.of(
                    measure("Java to Python and back, no argument", calls, 3),
                    measure("handing over 1,000,000 doubles of Java", handovers, 50));
        }
    }

    private static double[] microseconds(Runnable call, int count) {
        double[] took = new double[count];
        for (int i = 0; i < count; i++) {
            long begun = System.nanoTime();
            call.run();
            took[i] = (System.nanoTime() - begun) / 1e3;
        }
        Arrays.sort(took);
        return took;
    }

    /** The slowest hundredth is the machine's: the range goes up to it. */
    private static Measure measure(String name, double[] sorted, double target) {
        int n = sorted.length;
        return new Measure(
                name,
                "us",
                sorted[n / 2],
                sorted[0],
                sorted[n - 1 - n / 100],
                n,
                target,
                true,
                "the highest is the 99th percentile");
    }
}
