# outcome: EXCEPTION act
# message: ValueError
class CartPolePolicy:
    def act(self, obs):
        raise ValueError("\ud800\udfff\udcff")
