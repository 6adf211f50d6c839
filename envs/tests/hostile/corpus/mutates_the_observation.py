# outcome: same
class CartPolePolicy:
    def act(self, obs):
        choice = int(obs.pole_angle > 0)
        base = obs.vector if obs.vector.base is None else obs.vector.base
        base[:] = 0.0
        obs.vector[:] = 0.0
        obs.pole_angle = 0.0
        return choice
