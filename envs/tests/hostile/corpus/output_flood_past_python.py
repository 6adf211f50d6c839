# outcome: same
import os

for _ in range(200):
    os.write(1, b"x" * 100_000)
    os.write(2, b"y" * 100_000)


class CartPolePolicy:
    def act(self, obs):
        return int(obs.pole_angle > 0)
