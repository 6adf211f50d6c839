# outcome: EXCEPTION|BAD_ACTION|PROCESS_DIED|PROTOCOL|TIMEOUT act
# Writes over the interpreter's small integers; whatever comes of it stays in this process.
import ctypes


class CartPolePolicy:
    def act(self, obs):
        for number in range(2, 200):
            address = id(number) + object.__basicsize__ + 8
            ctypes.memmove(address, b"\x07\0\0\0", 4)
        return int(obs.pole_angle > 0) + int("5") * int("9")
