# outcome: EXCEPTION act
# message: KeyboardInterrupt
class CartPolePolicy:
    def act(self, obs):
        raise KeyboardInterrupt
