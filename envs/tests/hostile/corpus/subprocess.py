# outcome: FORBIDDEN act
import subprocess


class CartPolePolicy:
    def act(self, obs):
        subprocess.run(["true"])
        return 0
