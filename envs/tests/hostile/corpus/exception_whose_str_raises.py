# outcome: EXCEPTION act
# message: Unspeakable
class Unspeakable(Exception):
    def __str__(self):
        raise ValueError

    __repr__ = __str__


class CartPolePolicy:
    def act(self, obs):
        raise Unspeakable
