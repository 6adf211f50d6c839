# outcome: FORBIDDEN act
import os


class CartPolePolicy:
    def act(self, obs):
        os.mkdir("/tmp/promptpo-hostile-folder")
        return 0
