# outcome: FORBIDDEN act
class CartPolePolicy:
    def act(self, obs):
        open("@HOME@/promptpo-hostile-home", "a").write("here")
        return 0
