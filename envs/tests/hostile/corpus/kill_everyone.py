# outcome: FORBIDDEN act
import os
import signal


class CartPolePolicy:
    def act(self, obs):
        os.kill(-1, signal.SIGKILL)
        return 0
