# outcome: CONSTRUCTION construct
# message: missing 1 required positional argument
class CartPolePolicy:
    def __init__(self, gain):
        self.gain = gain

    def act(self, obs):
        return 0
