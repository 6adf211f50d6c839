# outcome: PROTOCOL act
# message: malformed
import os
import struct


class CartPolePolicy:
    def act(self, obs):
        body = b'{"kind": "SYNTAX", "phase": "load", "slot": 0, "message": "", "traceback": ""}'
        frame = struct.pack("=7d", 2.0, 1.0, 0, 0, 0, 0, 0)
        os.write(4, frame + struct.pack(">I", len(body)) + body)
        os._exit(0)
