# role: feedback
# outcome: PROTOCOL feedback
import os


class Feedback:
    def summarize_trajectory(self, traj):
        while True:
            os.write(4, b"x" * 65_536)
