# outcome: same
# Puts its own generators in the place of the episode's; they are put back before the next call.
import random

import numpy as np


class CartPolePolicy:
    def act(self, obs):
        first = random.random(), np.random.random()
        random.seed(0)
        np.random.seed(0)
        np.random.set_bit_generator(np.random.PCG64(1))
        assert first != (random.random(), np.random.random())
        return int(obs.pole_angle > 0)
