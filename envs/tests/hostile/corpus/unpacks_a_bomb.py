# outcome: MEMORY act
import zlib

BOMB = zlib.compress(bytes(1 << 20), 9)


class CartPolePolicy:
    def act(self, obs):
        return len(zlib.decompress(BOMB) * 4000)
