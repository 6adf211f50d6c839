# outcome: PROCESS_DIED act
# message: exit code 7
import os


class CartPolePolicy:
    def act(self, obs):
        os._exit(7)
