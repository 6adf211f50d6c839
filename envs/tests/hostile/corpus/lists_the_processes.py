# outcome: FORBIDDEN act
import os


class CartPolePolicy:
    def act(self, obs):
        raise ValueError(os.listdir("/proc"))
