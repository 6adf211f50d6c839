# outcome: TIMEOUT act
# message: did not answer within
# wall: yes
# wall_s: 0.3
# cpu_s_step: 0.02
import os


class CartPolePolicy:
    def act(self, obs):
        os.read(3, 1 << 20)
        return 0
