package dev.promptpo.optimizer;

import dev.promptpo.environment.EnvironmentSpec;

/** A task for tests that need no Python: walk along a line. */
final class LineSpec {
    private static final String JSON =
            """
            {"schema": 1, "id": "Line", "gymnasium_id": "promptpo/Line-v0", "family": "line",
             "title": "A line", "preset": "paper", "policy_class": "LinePolicy", "horizon": 10,
             "discount": 1.0, "lifetime": "episode", "score": "return",
             "observation": [{"name": "x", "start": 0, "stop": 1, "shape": [], "unit": "m",
               "low": 0.0, "high": null, "meaning": "place", "extra": false}],
             "observation_size": 1, "vector_size": 1,
             "action": {"kind": "discrete", "n": 2, "names": ["left", "right"], "units": [],
               "shape": [], "low": [], "high": []},
             "reward": {"text": "One for each step to the right.", "source": ""},
             "termination": "It ends after 10 steps.",
             "context": {"observation": "You are on a line.", "policy": "", "exploration": ""},
             "privileged": false, "budget": {"candidates": 3, "rounds": 2, "episodes": 2},
             "limits": {"cpu_seconds": 1.0},
             "references": {"random": null, "best": null}, "digest": "line"}
            """;

    private LineSpec() {}

    static EnvironmentSpec spec() {
        return EnvironmentSpec.fromJson(JSON);
    }
}
