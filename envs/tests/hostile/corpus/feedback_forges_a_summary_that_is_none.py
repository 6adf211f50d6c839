# role: feedback
# outcome: PROTOCOL feedback
# message: its summary is no text
import os
import struct


class Feedback:
    def summarize_trajectory(self, traj):
        body = b'{"summary": {"text": "x"}}'
        os.write(4, struct.pack(">I", len(body)) + body)
        os._exit(0)
