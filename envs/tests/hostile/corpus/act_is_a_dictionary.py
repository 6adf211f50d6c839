# outcome: BAD_ACTION act
# message: \(dict\)
class CartPolePolicy:
    def act(self, obs):
        return {"action": 0}
