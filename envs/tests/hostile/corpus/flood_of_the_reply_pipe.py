# outcome: PROTOCOL act
import os


class CartPolePolicy:
    def act(self, obs):
        os.write(4, b"x" * 10_000)
        return 0
