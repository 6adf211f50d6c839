# outcome: PROTOCOL act
# message: no JSON
import os
import struct


class CartPolePolicy:
    def act(self, obs):
        body = b"[" * 60_000
        frame = [2.0, 1.0] + [0.0] * 5
        data = struct.pack(f"={len(frame)}d", *frame) + struct.pack(">I", len(body)) + body
        while data:
            data = data[os.write(4, data) :]
        os._exit(0)
