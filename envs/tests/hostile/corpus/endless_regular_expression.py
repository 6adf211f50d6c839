# outcome: TIMEOUT act
# cpu_s_step: 0.1
import re


class CartPolePolicy:
    def act(self, obs):
        return int(bool(re.match(r"(a*)*b", "a" * 60)))
