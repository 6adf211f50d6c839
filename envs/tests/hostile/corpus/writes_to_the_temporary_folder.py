# outcome: FORBIDDEN act
class CartPolePolicy:
    def act(self, obs):
        open("/tmp/promptpo-hostile-tmp", "w").write("here")
        return 0
