# role: feedback
# outcome: MEMORY feedback
# message: believe me
# The kind is its own word; which episode it was is not.
import os
import struct


class Feedback:
    def summarize_trajectory(self, traj):
        body = b'{"kind": "MEMORY", "phase": "feedback", "message": "believe me", "traceback": "",'
        body += b' "slot": ' + b"9" * 4000 + b"}"
        os.write(4, struct.pack(">I", len(body)) + body)
        os._exit(0)
