# outcome: same
# os.system tells of a failure by its value only.
import os

STATUS = os.system("echo here > /tmp/promptpo-hostile-shell")
assert STATUS != 0


class CartPolePolicy:
    def act(self, obs):
        return int(obs.pole_angle > 0)
