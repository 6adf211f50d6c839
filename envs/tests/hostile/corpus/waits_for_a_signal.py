# outcome: FORBIDDEN act
import signal


class CartPolePolicy:
    def act(self, obs):
        signal.sigtimedwait({signal.SIGUSR1}, 1000)
        return 0
