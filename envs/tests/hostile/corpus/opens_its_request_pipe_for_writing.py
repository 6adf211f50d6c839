# outcome: FORBIDDEN act
import os


class CartPolePolicy:
    def act(self, obs):
        return os.open("/proc/self/fd/3", os.O_WRONLY)
