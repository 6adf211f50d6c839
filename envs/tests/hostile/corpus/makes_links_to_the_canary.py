# outcome: same
import os

MADE = []
for make in (os.link, os.symlink, os.rename):
    try:
        make("@CANARY@", "/tmp/promptpo-hostile-link")
        MADE.append(make)
    except PermissionError:
        pass
assert not MADE


class CartPolePolicy:
    def act(self, obs):
        return int(obs.pole_angle > 0)
