# outcome: EXCEPTION act
# message: EOFError
class CartPolePolicy:
    def act(self, obs):
        return int(input())
