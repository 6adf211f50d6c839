# outcome: same
# Ends with its process: nobody waits for destructors or atexit functions.
import atexit


def forever():
    while True:
        pass


atexit.register(forever)


class CartPolePolicy:
    def act(self, obs):
        return int(obs.pole_angle > 0)

    def __del__(self):
        forever()
