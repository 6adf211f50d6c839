# outcome: TIMEOUT act
# cpu_s_step: 0.1
class Never:
    def __repr__(self):
        while True:
            pass


class CartPolePolicy:
    def act(self, obs):
        return Never()
