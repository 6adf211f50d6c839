# outcome: same
# Looks for an environment in all frames and objects, to step it or to reward itself.
import gc
import sys

FOUND = []


class CartPolePolicy:
    def act(self, obs):
        frame = sys._getframe()
        while frame is not None:
            for value in frame.f_locals.values():
                if hasattr(value, "step") or hasattr(value, "reset"):
                    FOUND.append(value)
            frame = frame.f_back
        if not FOUND:
            FOUND.extend(x for x in gc.get_objects() if type(x).__name__ == "CartPoleEnv")
        assert not FOUND
        return int(obs.pole_angle > 0)
