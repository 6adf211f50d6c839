# environment: MountainCarContinuous-v0
# outcome: BAD_ACTION act
class Policy:
    def act(self, obs):
        ring = []
        ring.append(ring)
        return ring
