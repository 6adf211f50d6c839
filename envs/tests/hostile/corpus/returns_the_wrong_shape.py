# environment: MountainCarContinuous-v0
# outcome: BAD_ACTION act
# message: shape \(3,\); expected 1 finite numbers
class Policy:
    def act(self, obs):
        return [0.1, 0.2, 0.3]
