# outcome: FORBIDDEN act
class CartPolePolicy:
    def act(self, obs):
        open("@HERE@/promptpo-hostile-cwd", "x").write("here")
        return 0
