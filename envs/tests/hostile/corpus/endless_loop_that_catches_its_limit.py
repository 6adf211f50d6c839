# outcome: TIMEOUT act
# cpu_s_step: 0.1
# message: caught what stopped it
class CartPolePolicy:
    def act(self, obs):
        try:
            while True:
                pass
        except BaseException:
            return int(obs.pole_angle > 0)
