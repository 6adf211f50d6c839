# outcome: EXCEPTION act
# message: Too many open files
import os


class CartPolePolicy:
    def act(self, obs):
        while True:
            os.open(os.__file__, os.O_RDONLY)
