# outcome: CONSTRUCTION construct
# message: has no attribute 'act'
class CartPolePolicy:
    def choose(self, obs):
        return 0
