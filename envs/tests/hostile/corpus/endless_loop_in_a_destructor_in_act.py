# outcome: TIMEOUT act
# cpu_s_step: 0.1
# message: caught what stopped it
class Sticky:
    def __del__(self):
        while True:
            pass


class CartPolePolicy:
    def act(self, obs):
        Sticky()
        return int(obs.pole_angle > 0)
