# outcome: PROCESS_DIED act
# message: signal
import os


class CartPolePolicy:
    def act(self, obs):
        os.abort()
