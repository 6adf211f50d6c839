# outcome: same
import datetime
import time


class CartPolePolicy:
    def act(self, obs):
        readings = [time.time(), time.perf_counter(), time.process_time(), time.monotonic_ns()]
        readings.append(datetime.datetime.now().timestamp())
        assert all(reading >= 0 for reading in readings)
        return int(obs.pole_angle > 0)
