# outcome: same
# Looks for loaded classes that start processes or step environments.
def all_below(cls):
    for below in type.__subclasses__(cls):
        yield below
        yield from all_below(below)


FOUND = {f"{cls.__module__}.{cls.__qualname__}" for cls in all_below(object)}
for package in ("gymnasium", "mujoco", "promptpo_envs", "promptpo_rollout", "py_landlock"):
    ours = [name for name in FOUND if name.startswith(package)]
    assert not ours or package == "py_landlock", ours


class CartPolePolicy:
    def act(self, obs):
        return int(obs.pole_angle > 0)
