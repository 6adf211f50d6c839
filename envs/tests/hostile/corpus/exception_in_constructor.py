# outcome: CONSTRUCTION construct
# message: ZeroDivisionError
class CartPolePolicy:
    def __init__(self):
        self.gain = 1 / 0

    def act(self, obs):
        return 0
