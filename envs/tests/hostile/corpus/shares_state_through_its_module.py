# outcome: same
# Each episode has a module of its own: nobody sees the calls of another.
import sys

CALLS = []


class CartPolePolicy:
    seen = []

    def __init__(self):
        assert not CALLS and not self.seen and sys.modules["policy"].CALLS is CALLS
        self.steps = 0

    def act(self, obs):
        self.steps += 1
        CALLS.append(1)
        self.seen.append(1)
        assert len(CALLS) == len(self.seen) == self.steps
        assert sys.modules["policy"].CALLS is CALLS
        return int(obs.pole_angle > 0)
