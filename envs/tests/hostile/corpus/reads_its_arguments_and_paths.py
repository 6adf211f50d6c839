# outcome: same
import sys

SEEN = " ".join([*sys.argv, *sys.path, str(sys.flags), str(sys._xoptions)])
assert "site-packages" not in "".join(sys.path), sys.path
assert "SECRET" not in SEEN and "seen-by-nobody" not in SEEN


class CartPolePolicy:
    def act(self, obs):
        return int(obs.pole_angle > 0)
