# outcome: MEMORY act
class CartPolePolicy:
    def act(self, obs):
        kept = []
        while True:
            kept.append(bytearray(1 << 22))
