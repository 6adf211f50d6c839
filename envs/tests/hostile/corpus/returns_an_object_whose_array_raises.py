# environment: MountainCarContinuous-v0
# outcome: EXCEPTION act
# message: KeyError
class Refusing:
    def __array__(self, *arguments, **options):
        raise KeyError("no array")


class Policy:
    def act(self, obs):
        return Refusing()
