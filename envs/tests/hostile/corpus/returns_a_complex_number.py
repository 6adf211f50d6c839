# environment: MountainCarContinuous-v0
# outcome: BAD_ACTION act
class Policy:
    def act(self, obs):
        return [1 + 0j]
