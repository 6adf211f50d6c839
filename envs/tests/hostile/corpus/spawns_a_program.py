# outcome: FORBIDDEN act
import os


class CartPolePolicy:
    def act(self, obs):
        return os.posix_spawn("/bin/true", ["true"], {})
