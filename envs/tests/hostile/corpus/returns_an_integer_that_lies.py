# outcome: BAD_ACTION act
# message: 2; expected an integer
class Liar(int):
    def __int__(self):
        return 2

    __index__ = __int__

    def __lt__(self, other):
        return True

    __le__ = __gt__ = __ge__ = __eq__ = __lt__


class CartPolePolicy:
    def act(self, obs):
        return Liar(0)
