package dev.promptpo.rollout;

import static dev.promptpo.rollout.Policies.cartPole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptpo.environment.Seeds;
import dev.promptpo.python.PythonInstallation;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How engines end, and what is left then: nothing. */
@Timeout(120)
class PoolEngineLifeTest {

    private static final RolloutOptions ONE = new RolloutOptions(1, Isolation.SANDBOX);

    @Test
    void aPoolThatIsKilledFailsItsRolloutsAndAFreshOneTakesTheNext() throws Exception {
        Set<ProcessHandle> before = children();
        try (RolloutEngine engine = RolloutEngines.start(ONE)) {
            ProcessHandle pool = newChild(before);
            CountDownLatch running = new CountDownLatch(1);
            CompletableFuture<RolloutResult> first =
                    engine.submit(slow(), (steps, episodes) -> running.countDown());
            CompletableFuture<RolloutResult> second = engine.submit(slow(), RolloutListener.SILENT);
            running.await();
            pool.destroyForcibly();
            for (CompletableFuture<RolloutResult> future : List.of(first, second)) {
                assertThatThrownBy(future::join)
                        .isInstanceOf(CompletionException.class)
                        .cause()
                        .isInstanceOf(RolloutEngineException.class)
                        .hasMessageContaining("the rollout pool is gone");
            }
            assertThat(engine.rollout(cartPole(Policies.BALANCES)).steps()).isEqualTo(2500);
        }
        assertThat(children()).as("processes left").isEqualTo(before);
    }

    @Test
    void aPoolThatDiesWhileIdleCostsNobody() throws Exception {
        Set<ProcessHandle> before = children();
        try (RolloutEngine engine = RolloutEngines.start(ONE)) {
            for (int i = 0; i < 4; i++) {
                ProcessHandle pool = newChild(before);
                pool.destroyForcibly();
                pool.onExit().join();
                assertThat(engine.rollout(cartPole(Policies.BALANCES)).steps()).isEqualTo(2500);
            }
        }
    }

    @Test
    void closingFailsWhatIsUnfinishedAndLeavesNoProcess() throws Exception {
        Set<ProcessHandle> before = children();
        RolloutEngine engine = RolloutEngines.start(ONE);
        CountDownLatch running = new CountDownLatch(1);
        CompletableFuture<RolloutResult> unfinished =
                engine.submit(slow(), (steps, episodes) -> running.countDown());
        running.await();
        List<ProcessHandle> tree = newChild(before).descendants().toList();
        assertThat(tree).as("worker, template and policy").hasSizeGreaterThanOrEqualTo(3);
        engine.close();
        engine.close();
        assertThatThrownBy(unfinished::join)
                .cause()
                .isInstanceOf(RolloutEngineException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> engine.rollout(cartPole(Policies.BALANCES)))
                .isInstanceOf(RolloutEngineException.class)
                .hasMessageContaining("closed");
        assertThat(children()).isEqualTo(before);
        for (ProcessHandle process : tree) {
            process.onExit().join();
        }
    }

    @Test
    void aWorkerThatIsKilledCostsATryOnly() throws Exception {
        Set<ProcessHandle> before = children();
        try (RolloutEngine engine = RolloutEngines.start(ONE)) {
            CountDownLatch running = new CountDownLatch(1);
            AtomicLong reported = new AtomicLong();
            CompletableFuture<RolloutResult> future =
                    engine.submit(
                            cartPole(Policies.SLOW, List.of(1L), false),
                            (steps, episodes) -> {
                                reported.compareAndSet(0, steps);
                                running.countDown();
                            });
            running.await();
            ProcessHandle worker = newChild(before).children().findFirst().orElseThrow();
            worker.destroyForcibly();
            assertThat(future.join())
                    .isInstanceOfSatisfying(
                            RolloutResult.Completed.class,
                            result -> {
                                assertThat(result.returns()).containsExactly(500.0);
                                assertThat(result.steps())
                                        .as("the steps of the lost try count too")
                                        .isGreaterThanOrEqualTo(500 + reported.get());
                            });
        }
    }

    @Test
    void theWallClockDecidesOnlyASecondTime(@TempDir Path folder) throws Exception {
        Map<String, Double> limits = Map.of("wall_s", 0.5, "cpu_s_step", 0.05, "cpu_s_load", 0.1);
        // At the level that allows files, so that the second try can differ from the first.
        RolloutOptions options = new RolloutOptions(1, Isolation.PROCESS, limits);
        try (RolloutEngine engine = RolloutEngines.start(options)) {
            RolloutResult once = engine.rollout(cartPole(waits(folder.resolve("once"), true)));
            assertThat(once).isInstanceOf(RolloutResult.Completed.class);
            assertThat(once.steps()).as("5 episodes of 3 steps, lost, and 2500").isEqualTo(2515);

            RolloutResult always = engine.rollout(cartPole(waits(folder.resolve("always"), false)));
            assertThat(always)
                    .isInstanceOfSatisfying(
                            RolloutResult.Failed.class,
                            failed -> {
                                assertThat(failed.kind()).isEqualTo(FailureKind.TIMEOUT);
                                assertThat(failed.steps()).as("of both tries").isEqualTo(30);
                            });
        }
    }

    /** Waits for ever, without computing, in its fourth step; perhaps only the first time. */
    private static String waits(Path mark, boolean once) {
        return """
        import os, threading
        class CartPolePolicy:
            def __init__(self):
                self.steps = 0
            def act(self, obs):
                self.steps += 1
                if self.steps == 4 and not os.path.isdir("MARK"):
                    if ONCE:
                        os.mkdir("MARK")
                    threading.Event().wait()
                x, v, angle, speed = obs.vector
                return 1 if 3.0 * angle + speed + 0.1 * x + 0.2 * v > 0 else 0
        """
                .replace("MARK", mark.toString())
                .replace("ONCE", once ? "True" : "False");
    }

    @Test
    void anUnknownLimitIsNamed() {
        RolloutOptions options =
                new RolloutOptions(1, Isolation.PROCESS, Map.of("cpu_s_stpe", 1.0));
        try (RolloutEngine engine = RolloutEngines.start(options)) {
            assertThatThrownBy(() -> engine.rollout(cartPole(Policies.BALANCES)))
                    .isInstanceOf(RolloutEngineException.class)
                    .hasMessageContaining("cpu_s_stpe")
                    .hasMessageContaining("cpu_s_step");
        }
    }

    @Test
    void theProcessLevelIsGivenWhenAskedForByName() throws Exception {
        try (RolloutEngine engine =
                RolloutEngines.start(new RolloutOptions(1, Isolation.PROCESS))) {
            RolloutResult result = engine.rollout(cartPole(Policies.BALANCES));
            assertThat(result.isolation()).isEqualTo(Isolation.PROCESS);
            assertThat(engine.isolation()).isEqualTo(Isolation.PROCESS);
        }
    }

    @Test
    void aLevelThatCannotBeGivenIsRefusedWithWhatIsMissing(@TempDir Path folder) throws Exception {
        Path bare = environmentWithout("py_landlock", folder);
        Process jvm = child(RefusedSandbox.class, Map.of("PROMPTPO_VENV", bare.toString()));
        try (BufferedReader out = jvm.inputReader()) {
            assertThat(out.readLine()).startsWith("refused: ").contains("landlock");
            assertThat(out.readLine()).isEqualTo("by name: PROCESS");
        } finally {
            jvm.destroyForcibly();
            removeLinks(bare);
        }
    }

    /** JUnit would warn of each link that leads out of its folder. */
    private static void removeLinks(Path folder) throws IOException {
        try (Stream<Path> entries = Files.walk(folder)) {
            for (Path entry : entries.filter(Files::isSymbolicLink).toList()) {
                Files.delete(entry);
            }
        }
    }

    /** A virtual environment with all packages but one. */
    private static Path environmentWithout(String missing, Path folder) throws Exception {
        PythonInstallation whole = PythonInstallation.find();
        Path bare = folder.resolve("bare");
        Process made =
                new ProcessBuilder(
                                whole.interpreter().toString(),
                                "-m",
                                "venv",
                                "--without-pip",
                                bare.toString())
                        .inheritIO()
                        .start();
        assertThat(made.waitFor()).isZero();
        Path packages = whole.jepLibrary().getParent().getParent();
        Path target = bare.resolve(whole.prefix().toRealPath().relativize(packages.toRealPath()));
        try (Stream<Path> entries = Files.list(packages)) {
            for (Path entry : entries.toList()) {
                String name = entry.getFileName().toString();
                if (!name.startsWith(missing)) {
                    Files.createSymbolicLink(target.resolve(name), entry);
                }
            }
        }
        return bare;
    }

    /** The child: asks for the sandbox, then for less. */
    static final class RefusedSandbox {
        private RefusedSandbox() {}

        public static void main(String[] args) {
            try {
                RolloutEngines.start(ONE);
                System.out.println("the sandbox was given");
            } catch (RolloutEngineException e) {
                System.out.println("refused: " + e.getMessage().replace('\n', ' '));
            }
            RolloutOptions less = new RolloutOptions(1, Isolation.PROCESS);
            try (RolloutEngine engine = RolloutEngines.start(less)) {
                System.out.println("by name: " + engine.isolation());
            }
        }
    }

    private static Process child(Class<?> main, Map<String, String> variables) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-Dpromptpo.home=" + System.getProperty("promptpo.home"),
                                "-cp",
                                System.getProperty("java.class.path"),
                                main.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(variables);
        return builder.start();
    }

    /** A JVM that is killed cannot clean up: the pool notices by itself. */
    @Test
    void aKilledJvmLeavesNoProcess() throws Exception {
        Process jvm = child(EndlessRollout.class, Map.of());
        try (BufferedReader out = jvm.inputReader()) {
            String said = out.readLine();
            assertThat(said).isEqualTo(EndlessRollout.RUNNING);
            List<ProcessHandle> tree = jvm.descendants().toList();
            assertThat(tree).as("pool, worker, template, policy").hasSizeGreaterThanOrEqualTo(4);
            jvm.destroyForcibly();
            for (ProcessHandle process : tree) {
                process.onExit().join();
            }
        } finally {
            jvm.destroyForcibly();
        }
    }

    /** The child: rolls out on the shared engine until it is killed. */
    static final class EndlessRollout {
        static final String RUNNING = "running";

        private EndlessRollout() {}

        public static void main(String[] args) throws IOException {
            CountDownLatch running = new CountDownLatch(1);
            CompletableFuture<RolloutResult> endless =
                    RolloutEngines.shared().submit(slow(), (steps, done) -> running.countDown());
            try {
                running.await();
                System.out.println(RUNNING);
                System.out.println(endless.join());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static RolloutRequest slow() {
        return cartPole(Policies.SLOW, Seeds.episodes(0, "heldout", 0, 200), false);
    }

    private static Set<ProcessHandle> children() {
        return ProcessHandle.current().children().collect(Collectors.toSet());
    }

    private static ProcessHandle newChild(Set<ProcessHandle> before) {
        return ProcessHandle.current()
                .children()
                .filter(process -> !before.contains(process))
                .findFirst()
                .orElseThrow();
    }
}
