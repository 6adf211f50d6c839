# role: feedback
# outcome: FORBIDDEN feedback
import os


class Feedback:
    def summarize_trajectory(self, traj):
        return str(os.fork())
