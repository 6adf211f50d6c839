# role: feedback
# outcome: PROTOCOL feedback
# message: malformed
import os
import struct


class Feedback:
    def summarize_trajectory(self, traj):
        body = b'{"kind": [], "phase": [], "slot": 0, "message": "", "traceback": ""}'
        os.write(4, struct.pack(">I", len(body)) + body)
        os._exit(0)
