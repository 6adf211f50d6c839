# outcome: TIMEOUT|MEMORY act
# cpu_s_step: 0.1
class CartPolePolicy:
    def act(self, obs):
        exponent = 9**9
        return 9**exponent % 2
