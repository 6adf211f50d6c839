# outcome: MEMORY|EXCEPTION act
# message: Cannot allocate memory|MemoryError
import mmap


class CartPolePolicy:
    def act(self, obs):
        return len(mmap.mmap(-1, 1 << 36))
