# environment: MountainCarContinuous-v0
# outcome: BAD_ACTION act
# message: nan
class Loud(float):
    def __float__(self):
        print("x" * 1000)
        return float("nan")

    def __eq__(self, other):
        return True

    __ne__ = __lt__ = __gt__ = __eq__
    __hash__ = None

    def __repr__(self):
        return "not a nan"


class Policy:
    def act(self, obs):
        return [Loud(0.5)]
