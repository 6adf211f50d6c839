# outcome: FORBIDDEN act
import os


class CartPolePolicy:
    def act(self, obs):
        os.dup2(1, 4)
        return 0
