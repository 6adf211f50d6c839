# outcome: TIMEOUT act
# cpu_s_step: 0.1
# Bumps every shared memory it finds, so that each look of the worker sees another call.
import gc
import mmap
import signal

signal.setitimer(signal.ITIMER_PROF, 0)


class CartPolePolicy:
    def act(self, obs):
        import sys

        frame = sys._getframe(1)
        timer = frame.f_locals["self"]._timer
        while True:
            timer._marker[0] += 1
