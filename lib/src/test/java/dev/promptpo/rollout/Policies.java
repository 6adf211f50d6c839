package dev.promptpo.rollout;

import dev.promptpo.environment.EnvironmentSpec.Lifetime;
import dev.promptpo.environment.Seeds;
import java.util.List;

/** Policies for CartPole, good and bad, and the requests that run them. */
final class Policies {
    private Policies() {}

    /** Holds the pole up for all 500 steps from every start that was tried. */
    static final String BALANCES =
            """
            class CartPolePolicy:
                def act(self, obs):
                    x, v, angle, speed = obs.vector
                    return 1 if 3.0 * angle + speed + 0.1 * x + 0.2 * v > 0 else 0
            """;

    static final String PUSHES_RIGHT =
            """
            class CartPolePolicy:
                def act(self, obs):
                    return 1
            """;

    static final String NEVER_ANSWERS =
            """
            class CartPolePolicy:
                def act(self, obs):
                    while True:
                        pass
            """;

    /** Plays on and on: it balances, and takes about a second an episode. */
    static final String SLOW =
            """
            class CartPolePolicy:
                def act(self, obs):
                    sum(range(100000))
                    x, v, angle, speed = obs.vector
                    return 1 if 3.0 * angle + speed + 0.1 * x + 0.2 * v > 0 else 0
            """;

    static RolloutRequest cartPole(String source) {
        return cartPole(source, Seeds.episodes(0, "evaluate", 0, 5), false);
    }

    static RolloutRequest cartPole(String source, List<Long> seeds, boolean trace) {
        return new RolloutRequest(
                "CartPole-v1",
                "paper",
                source,
                "",
                seeds,
                Lifetime.EPISODE,
                Purpose.EVALUATE,
                RolloutRequest.LOCKSTEP,
                trace);
    }
}
