# role: feedback
# outcome: PROCESS_DIED feedback
# message: exit code 0
import os


class Feedback:
    def summarize_trajectory(self, traj):
        os._exit(0)
