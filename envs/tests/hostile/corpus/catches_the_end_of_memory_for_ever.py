# outcome: TIMEOUT act
# cpu_s_step: 0.1
# memory_mb: 64
class CartPolePolicy:
    def act(self, obs):
        while True:
            try:
                bytearray(1 << 36)
            except MemoryError:
                pass
