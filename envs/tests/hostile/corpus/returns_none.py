# outcome: BAD_ACTION act
# message: act returned None \(NoneType\); expected an integer from 0 to 1
class CartPolePolicy:
    def act(self, obs):
        pass
