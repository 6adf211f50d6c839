# outcome: SYNTAX load
# message: SyntaxError
class CartPolePolicy
    def act(self, obs):
        return 0
