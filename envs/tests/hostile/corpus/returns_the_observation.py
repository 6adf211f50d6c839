# outcome: BAD_ACTION act
# message: expected an integer from 0 to 1
class CartPolePolicy:
    def act(self, obs):
        return obs.vector
