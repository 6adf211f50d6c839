# outcome: FORBIDDEN construct
import threading


class CartPolePolicy:
    def __init__(self):
        threading.Thread(target=print).start()

    def act(self, obs):
        return 0
