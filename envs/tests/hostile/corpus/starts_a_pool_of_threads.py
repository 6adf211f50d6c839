# outcome: FORBIDDEN act
from concurrent.futures import ThreadPoolExecutor


class CartPolePolicy:
    def act(self, obs):
        with ThreadPoolExecutor(50) as pool:
            return sum(pool.map(int, [0, 0, 0]))
