# environment: MountainCarContinuous-v0
# outcome: BAD_ACTION act
# message: '0.5' \(str\)
class Policy:
    def act(self, obs):
        return "0.5"
