# outcome: EXCEPTION act
# message: positional argument
class CartPolePolicy:
    def act(self):
        return 0
