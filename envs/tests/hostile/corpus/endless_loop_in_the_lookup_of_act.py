# outcome: TIMEOUT construct
# cpu_s_load: 0.1
class CartPolePolicy:
    def __getattribute__(self, name):
        while True:
            pass
