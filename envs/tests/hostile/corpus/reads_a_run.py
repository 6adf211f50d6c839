# outcome: FORBIDDEN act
class CartPolePolicy:
    def act(self, obs):
        raise ValueError(open("@RUN@").read())
