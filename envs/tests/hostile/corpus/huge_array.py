# outcome: MEMORY act
import numpy as np


class CartPolePolicy:
    def act(self, obs):
        return int(np.ones((1 << 16, 1 << 16)).sum())
