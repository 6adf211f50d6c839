# outcome: EXCEPTION act
# message: Bad
class Bad(OSError):
    @property
    def errno(self):
        raise GeneratorExit

    __class__ = __cause__ = __context__ = __traceback__ = __notes__ = errno


class CartPolePolicy:
    def act(self, obs):
        raise Bad
