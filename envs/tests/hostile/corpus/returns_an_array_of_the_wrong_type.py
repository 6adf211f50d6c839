# environment: MountainCarContinuous-v0
# outcome: BAD_ACTION act
import numpy as np


class Policy:
    def act(self, obs):
        return np.array(["2020-01-01"], dtype="datetime64[D]")
