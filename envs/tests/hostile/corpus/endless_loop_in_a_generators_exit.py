# outcome: TIMEOUT act
# cpu_s_step: 0.1
# The interpreter drops what is raised while a generator is thrown away.
def stubborn():
    try:
        yield
    except GeneratorExit:
        while True:
            pass


class CartPolePolicy:
    def act(self, obs):
        next(stubborn())
        return int(obs.pole_angle > 0)
