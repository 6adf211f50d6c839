# outcome: EXCEPTION act
class CartPolePolicy:
    def act(self, obs):
        raise ValueError("x" * 50_000_000)
