# outcome: EXCEPTION|PROCESS_DIED act
import os


class CartPolePolicy:
    def act(self, obs):
        os.close(4)
        return 0
