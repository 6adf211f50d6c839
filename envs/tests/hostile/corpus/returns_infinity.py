# environment: MountainCarContinuous-v0
# outcome: BAD_ACTION act
# message: inf
class Policy:
    def act(self, obs):
        return [float("-inf")]
