# outcome: PROCESS_DIED load
# message: exit code 3
import os


class CartPolePolicy:
    def __init__(self):
        os._exit(3)

    def act(self, obs):
        return int(obs.pole_angle > 0)
