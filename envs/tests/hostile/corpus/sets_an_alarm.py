# outcome: PROCESS_DIED act
# message: SIGALRM
import signal


class CartPolePolicy:
    def act(self, obs):
        signal.setitimer(signal.ITIMER_REAL, 0.001)
        while True:
            pass
