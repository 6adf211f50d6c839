# outcome: EXCEPTION act
# message: Nameless
class Meta(type):
    @property
    def __name__(cls):
        raise SystemExit

    __module__ = __name__

    def __instancecheck__(cls, other):
        raise SystemExit


class Nameless(Exception, metaclass=Meta):
    pass


class CartPolePolicy:
    def act(self, obs):
        raise Nameless("here")
