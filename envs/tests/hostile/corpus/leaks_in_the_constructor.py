# outcome: MEMORY construct
# memory_mb: 64
# cpu_s_load: 5
class CartPolePolicy:
    def __init__(self):
        self.kept = {}
        while True:
            self.kept[len(self.kept)] = "x" * 1000

    def act(self, obs):
        return int(obs.pole_angle > 0)
