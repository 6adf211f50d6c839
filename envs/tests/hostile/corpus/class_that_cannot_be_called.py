# outcome: CONSTRUCTION construct
# message: TypeError: no objects
class Meta(type):
    def __call__(cls, *arguments):
        raise TypeError("no objects")


class CartPolePolicy(metaclass=Meta):
    def act(self, obs):
        return int(obs.pole_angle > 0)
