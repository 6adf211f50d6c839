# outcome: PROCESS_DIED act
# message: SIGSEGV
import ctypes


class CartPolePolicy:
    def act(self, obs):
        ctypes.string_at(0)
