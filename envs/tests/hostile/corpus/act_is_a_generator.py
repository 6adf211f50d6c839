# outcome: BAD_ACTION act
# message: generator
class CartPolePolicy:
    def act(self, obs):
        yield 0
