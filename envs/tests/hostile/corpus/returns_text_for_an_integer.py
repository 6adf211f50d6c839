# outcome: BAD_ACTION act
# message: '1' \(str\)
class CartPolePolicy:
    def act(self, obs):
        return "1"
