# outcome: TIMEOUT act
# cpu_s_step: 0.1
# message: CPU time
# traceback: while obs.pole_angle < 10
class CartPolePolicy:
    def act(self, obs):
        while obs.pole_angle < 10:
            pass
