# outcome: TIMEOUT act
# message: could not be interrupted
class CartPolePolicy:
    def act(self, obs):
        return sum(range(10**15))
