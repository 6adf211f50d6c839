# outcome: TIMEOUT act
# cpu_s_step: 0.1
class CartPolePolicy:
    def act(self, obs):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                continue
