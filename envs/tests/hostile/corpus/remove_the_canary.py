# outcome: FORBIDDEN act
import os


class CartPolePolicy:
    def act(self, obs):
        os.unlink("@CANARY@")
        return 0
