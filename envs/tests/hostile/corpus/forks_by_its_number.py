# outcome: same
# machine: x86_64
# fork, vfork, clone and clone3, past the C library.
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
for arguments in ((57,), (58,), (56, 17, 0, 0, 0, 0), (435, b"\0" * 88, 88)):
    assert libc.syscall(*arguments) == -1


class CartPolePolicy:
    def act(self, obs):
        return int(obs.pole_angle > 0)
