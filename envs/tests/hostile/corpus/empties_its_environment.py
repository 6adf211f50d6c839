# outcome: same
import os

assert not any("SECRET" in name or "PATH" in name for name in os.environ), dict(os.environ)
os.environ.clear()


class CartPolePolicy:
    def act(self, obs):
        return int(obs.pole_angle > 0)
