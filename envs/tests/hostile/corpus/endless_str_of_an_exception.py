# outcome: TIMEOUT act
# cpu_s_step: 0.1
class Endless(Exception):
    def __str__(self):
        while True:
            pass


class CartPolePolicy:
    def act(self, obs):
        raise Endless
