# outcome: PROTOCOL act
import os


class CartPolePolicy:
    def act(self, obs):
        os.write(4, b"\0" * 8)
        return 0
