# outcome: EXCEPTION act
class Chameleon(Exception):
    __class__ = property(lambda self: MemoryError.__mro__[1])


class CartPolePolicy:
    def act(self, obs):
        raise Chameleon("here")
