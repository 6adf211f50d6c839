# outcome: FORBIDDEN act
import os


class CartPolePolicy:
    def act(self, obs):
        os.dup(4)
        return 0
