# outcome: same
# A finder that answers for every package gets its own empty modules, and nothing else.
import importlib.abc
import importlib.machinery
import sys


class Everything(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        return importlib.machinery.ModuleSpec(name, self)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.make = None


sys.meta_path.insert(0, Everything())
import gymnasium

assert gymnasium.make is None


class CartPolePolicy:
    def act(self, obs):
        return int(obs.pole_angle > 0)
