# outcome: EXCEPTION act
# message: AttributeError.*'CartPolePolicy' object has no attribute 'gain'
# traceback: return int\(self.gain \* obs.pole_angle > 0\)
class CartPolePolicy:
    def act(self, obs):
        return int(self.gain * obs.pole_angle > 0)
