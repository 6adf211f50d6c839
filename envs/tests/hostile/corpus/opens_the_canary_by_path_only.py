# outcome: FORBIDDEN act
# O_PATH gives a descriptor that reads nothing; opening it anew meets the wall.
import os


class CartPolePolicy:
    def act(self, obs):
        held = os.open("@CANARY@", os.O_PATH)
        raise ValueError(os.read(os.open(f"/proc/self/fd/{held}", os.O_RDONLY), 99))
