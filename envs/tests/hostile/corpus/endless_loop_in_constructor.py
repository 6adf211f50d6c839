# outcome: TIMEOUT construct
class CartPolePolicy:
    def __init__(self):
        n = 0
        while True:
            n += 1

    def act(self, obs):
        return 0
