# outcome: CONSTRUCTION construct
# message: 'int' object has no attribute 'act'
class CartPolePolicy:
    def __new__(cls):
        return 7

    def act(self, obs):
        return int(obs.pole_angle > 0)
