# outcome: EXCEPTION act
# message: ValueError: x x x
class CartPolePolicy:
    def act(self, obs):
        raise ValueError("x " * 50_000_000)
