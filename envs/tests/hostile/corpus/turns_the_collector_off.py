# outcome: same
import gc

gc.disable()
gc.unfreeze()


class CartPolePolicy:
    def __init__(self):
        gc.set_threshold(0)
        for holder in gc.get_referrers(self.act)[:3]:
            gc.get_referents(holder)

    def act(self, obs):
        ring = []
        ring.append(ring)
        return int(obs.pole_angle > 0)
