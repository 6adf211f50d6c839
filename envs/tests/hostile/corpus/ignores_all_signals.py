# outcome: TIMEOUT act
# message: could not be interrupted
# cpu_s_step: 0.1
import signal

for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)


class CartPolePolicy:
    def act(self, obs):
        while True:
            pass
