# outcome: FORBIDDEN act
import os


class CartPolePolicy:
    def act(self, obs):
        os.fork()
        return 0
