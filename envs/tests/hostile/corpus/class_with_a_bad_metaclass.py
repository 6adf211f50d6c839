# outcome: EXCEPTION|NO_CLASS load
class Meta(type):
    def __getattribute__(cls, name):
        raise LookupError(name)


class SomethingElse(metaclass=Meta):
    def act(self, obs):
        return int(obs.pole_angle > 0)
