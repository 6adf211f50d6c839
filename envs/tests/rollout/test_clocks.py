"""The clocks that a policy reads: its own time, finely enough to divide by."""

import pytest
from promptpo_rollout.local import Engine

# Fails unless each clock has gone on: over a little work, and since the last call.
STEADY = """
import time
NAMES = ("process_time", "thread_time", "perf_counter", "monotonic", "time")
class P:
    def __init__(self):
        self.last = [getattr(time, name)() for name in NAMES]
    def act(self, obs):
        for k, name in enumerate(NAMES):
            clock = getattr(time, name)
            before = clock()
            sum(range(1000))
            after = clock()
            assert self.last[k] < before < after, (name, self.last[k], before, after)
            assert after - before < 0.5, (name, before, after)
            self.last[k] = after
        return 0
"""


@pytest.mark.parametrize("isolation", ["sandbox", "process"])
def test_every_clock_goes_on_within_a_call_and_between_two(isolation):
    with Engine(isolation=isolation) as engine:
        result = engine.rollout("NoiseWorld0", STEADY, [1, 2, 3])
    assert result["outcome"] == "completed", result.get("message")
