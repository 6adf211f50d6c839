# outcome: TIMEOUT act
class Endless(Exception):
    def __str__(self):
        while True:
            pass


class CartPolePolicy:
    def act(self, obs):
        raise Endless
