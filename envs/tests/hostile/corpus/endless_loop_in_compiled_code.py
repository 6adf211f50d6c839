# outcome: TIMEOUT act
# cpu_s_step: 0.1
# message: could not be interrupted
class CartPolePolicy:
    def act(self, obs):
        return sum(range(10**15))
