# outcome: BAD_ACTION act
# message: \(str\)
class CartPolePolicy:
    def act(self, obs):
        return "x" * 100_000_000
