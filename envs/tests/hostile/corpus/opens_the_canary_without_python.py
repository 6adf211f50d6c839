# outcome: same
# The C library is refused as Python is.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
assert libc.open(b"@CANARY@", 0) == -1
assert libc.open(b"@CANARY@", 2) == -1
assert libc.syscall(257, -100, b"@CANARY@", 0, 0) == -1
assert libc.syscall(437, -100, b"@CANARY@", b"\0" * 24, 24) == -1


class CartPolePolicy:
    def act(self, obs):
        return int(obs.pole_angle > 0)
