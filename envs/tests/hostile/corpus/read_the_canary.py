# outcome: FORBIDDEN act
class CartPolePolicy:
    def act(self, obs):
        return len(open("@CANARY@").read())
