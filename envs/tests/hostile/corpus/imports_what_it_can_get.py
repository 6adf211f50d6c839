# outcome: same
# A policy may try and go without.
FOUND = []
for name in ("gymnasium", "mujoco", "metaworld", "scipy", "torch", "promptpo_envs", "pip"):
    try:
        __import__(name)
        FOUND.append(name)
    except ImportError:
        pass
assert not FOUND, FOUND


class CartPolePolicy:
    def act(self, obs):
        return int(obs.pole_angle > 0)
