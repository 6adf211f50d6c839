# outcome: EXCEPTION act
# message: RecursionError
class CartPolePolicy:
    def act(self, obs):
        return self.act(obs)
