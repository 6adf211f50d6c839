# outcome: BAD_ACTION act
# message: act returned 2; expected an integer from 0 to 1
class CartPolePolicy:
    def act(self, obs):
        return 2
