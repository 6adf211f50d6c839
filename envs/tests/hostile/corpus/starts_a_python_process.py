# outcome: FORBIDDEN construct
import multiprocessing


class CartPolePolicy:
    def __init__(self):
        multiprocessing.get_context("fork").Process(target=print).start()

    def act(self, obs):
        return int(obs.pole_angle > 0)
