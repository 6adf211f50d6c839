# outcome: MEMORY|PROCESS_DIED|EXCEPTION act
# memory_mb: 24
# cpu_s_step: 5
import sys

sys.setrecursionlimit((1 << 31) - 1)


class CartPolePolicy:
    def act(self, obs):
        return self.act(obs)
