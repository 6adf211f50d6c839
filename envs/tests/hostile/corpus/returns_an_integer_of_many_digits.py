# outcome: BAD_ACTION act
# message: \(int\); expected an integer from 0 to 1
class CartPolePolicy:
    def act(self, obs):
        return 10**5000
