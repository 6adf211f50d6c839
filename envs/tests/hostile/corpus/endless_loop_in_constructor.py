# outcome: TIMEOUT construct
# cpu_s_load: 0.1
class CartPolePolicy:
    def __init__(self):
        n = 0
        while True:
            n += 1

    def act(self, obs):
        return 0
