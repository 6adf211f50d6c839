# outcome: TIMEOUT act
# message: could not be interrupted
# cpu_s_step: 0.1
import signal

signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())


class CartPolePolicy:
    def act(self, obs):
        while True:
            pass
