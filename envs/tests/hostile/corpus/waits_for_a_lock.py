# outcome: TIMEOUT act
# message: did not answer within
# wall: yes
# wall_s: 0.3
# cpu_s_step: 0.02
import threading


class CartPolePolicy:
    def act(self, obs):
        lock = threading.Lock()
        lock.acquire()
        lock.acquire()
