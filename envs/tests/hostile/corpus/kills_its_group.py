# outcome: FORBIDDEN act
import os
import signal


class CartPolePolicy:
    def act(self, obs):
        os.killpg(0, signal.SIGKILL)
        return 0
