# outcome: FORBIDDEN act
class CartPolePolicy:
    def act(self, obs):
        open("@CANARY@", "w").write("gone")
        return 0
