# outcome: FORBIDDEN act
class CartPolePolicy:
    def act(self, obs):
        raise ValueError(open("/proc/self/root@CANARY@").read())
