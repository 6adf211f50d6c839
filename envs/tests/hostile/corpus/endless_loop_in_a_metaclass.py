# outcome: TIMEOUT load
# cpu_s_load: 0.1
class Endless(type):
    def __new__(cls, *arguments):
        while True:
            pass


class CartPolePolicy(metaclass=Endless):
    def act(self, obs):
        return int(obs.pole_angle > 0)
