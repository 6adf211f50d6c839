# outcome: MEMORY act
# memory_mb: 32
class CartPolePolicy:
    def __init__(self):
        self.kept = []

    def act(self, obs):
        self.kept.append(bytearray(4 << 20))
        return int(obs.pole_angle > 0)
