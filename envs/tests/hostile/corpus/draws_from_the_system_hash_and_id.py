# outcome: same
# Takes randomness from everywhere and does not use it; the order of a set of strings is fixed.
import os
import random
import uuid

ORDER = list({"left", "right", "up", "down"})


class CartPolePolicy:
    def act(self, obs):
        os.urandom(8), random.SystemRandom().random(), uuid.uuid4(), id(obs), hash(obs)
        assert list({"left", "right", "up", "down"}) == ORDER
        return int(obs.pole_angle > 0)
