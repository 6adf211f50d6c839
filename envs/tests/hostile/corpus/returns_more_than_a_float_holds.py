# environment: MountainCarContinuous-v0
# outcome: BAD_ACTION act
import numpy as np


class Policy:
    def act(self, obs):
        return np.array([np.finfo(np.longdouble).max])
