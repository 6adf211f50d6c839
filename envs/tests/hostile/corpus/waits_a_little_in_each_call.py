# outcome: TIMEOUT act
# message: kept others waiting
# wall: yes
# cpu_s_episode: 0.04
# wall_s: 0.2
# No single call is too slow: the sum is.
import threading


class CartPolePolicy:
    def act(self, obs):
        lock = threading.Lock()
        lock.acquire()
        lock.acquire(timeout=0.05)
        return int(obs.pole_angle > 0)
