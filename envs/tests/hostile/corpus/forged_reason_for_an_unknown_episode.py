# outcome: TIMEOUT act
# message: believe me
# Its own word: the kind is taken, the place is not.
import os
import struct


class CartPolePolicy:
    def act(self, obs):
        body = b'{"kind": "TIMEOUT", "phase": "act", "message": "believe\\nme", "traceback": "",'
        body += b' "slot": ' + b"9" * 4000 + b"}"
        frame = struct.pack("=7d", 2.0, 1.0, 0, 0, 0, 0, 0)
        os.write(4, frame + struct.pack(">I", len(body)) + body)
        os._exit(0)
