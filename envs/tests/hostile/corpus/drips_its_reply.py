# outcome: TIMEOUT act
# message: did not answer within
# wall: yes
# cpu_s_step: 0.02
# wall_s: 0.3
# A byte at a time, each sooner than the worker looks at its clock.
import os
import struct
import threading


class CartPolePolicy:
    def act(self, obs):
        body = b'{"kind": "EXCEPTION"' + b" " * 60_000
        frame = struct.pack("=7d", 2.0, 1.0, 0, 0, 0, 0, 0) + struct.pack(">I", len(body))
        lock = threading.Lock()
        lock.acquire()
        os.write(4, frame)
        for number in range(len(body)):
            os.write(4, body[number : number + 1])
            lock.acquire(timeout=0.03)
