# environment: MountainCarContinuous-v0
# outcome: BAD_ACTION act
# message: nan.*expected 1 finite numbers of shape \(1,\)
import numpy as np


class Policy:
    def act(self, obs):
        return np.array([np.nan])
