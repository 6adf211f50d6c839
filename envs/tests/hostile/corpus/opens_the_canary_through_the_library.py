# outcome: FORBIDDEN act
# The walls go by what is opened, not by how the path is spelled.
import os


class CartPolePolicy:
    def act(self, obs):
        folder = os.path.dirname(os.__file__)
        up = "/.." * folder.count("/")
        raise ValueError(open(folder + up + "@CANARY@").read())
