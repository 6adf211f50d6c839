# outcome: FORBIDDEN act
import signal


class CartPolePolicy:
    def act(self, obs):
        signal.raise_signal(signal.SIGSTOP)
        return 0
