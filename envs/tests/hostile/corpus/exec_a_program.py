# outcome: FORBIDDEN act
import os


class CartPolePolicy:
    def act(self, obs):
        os.execv("/bin/true", ["true"])
