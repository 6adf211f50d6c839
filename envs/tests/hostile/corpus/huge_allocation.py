# outcome: MEMORY act
class CartPolePolicy:
    def act(self, obs):
        return len(bytearray(1 << 36))
