# outcome: PROCESS_DIED act
# message: SIG(SEGV|BUS)
import ctypes


class CartPolePolicy:
    def act(self, obs):
        for page in range(0x1000, 1 << 40, 1 << 30):
            ctypes.memset(page, 0, 8)
        return 0
