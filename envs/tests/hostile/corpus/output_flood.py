# outcome: same
import sys


class CartPolePolicy:
    def act(self, obs):
        print("x" * 100_000)
        sys.stderr.write("y" * 100_000)
        return int(obs.pole_angle > 0)
