# outcome: EXCEPTION act
# message: ExceptionGroup
class CartPolePolicy:
    def act(self, obs):
        group = ExceptionGroup("all", [ValueError(1), ExceptionGroup("more", [TypeError(2)])])
        other = KeyError(3)
        group.__cause__, other.__context__ = other, group
        raise group
