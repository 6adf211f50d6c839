# outcome: FORBIDDEN act
# machine: x86_64
# message: system call
import ctypes


class CartPolePolicy:
    def act(self, obs):
        ctypes.CDLL(None).syscall(0x40000000 | 57)
        return 0
