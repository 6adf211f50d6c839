# outcome: FORBIDDEN act
import os


class CartPolePolicy:
    def act(self, obs):
        return os.pipe()[0]
