# outcome: MEMORY act
# memory_mb: 64
# cpu_s_step: 5
KEPT = []


class CartPolePolicy:
    def act(self, obs):
        while True:
            KEPT.append(bytes(400))
