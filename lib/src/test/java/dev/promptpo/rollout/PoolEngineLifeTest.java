package dev.promptpo.rollout;

import static dev.promptpo.rollout.Policies.cartPole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptpo.environment.Seeds;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
    void theProcessLevelIsGivenWhenAskedForByName() throws Exception {
        try (RolloutEngine engine =
                RolloutEngines.start(new RolloutOptions(1, Isolation.PROCESS))) {
            RolloutResult result = engine.rollout(cartPole(Policies.BALANCES));
            assertThat(result.isolation()).isEqualTo(Isolation.PROCESS);
            assertThat(engine.isolation()).isEqualTo(Isolation.PROCESS);
        }
    }

    /** A JVM that is killed cannot clean up: the pool notices by itself. */
    @Test
    void aKilledJvmLeavesNoProcess() throws Exception {
        Process jvm =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-Dpromptpo.home=" + System.getProperty("promptpo.home"),
                                "-cp",
                                System.getProperty("java.class.path"),
                                EndlessRollout.class.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
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
