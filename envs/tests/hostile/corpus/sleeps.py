# outcome: FORBIDDEN act
import time


class CartPolePolicy:
    def act(self, obs):
        time.sleep(1000)
        return 0
