# role: feedback
# outcome: EXCEPTION feedback
# message: IndexError
# traceback: traj\[10 \*\* 6\]
class Feedback:
    def summarize_trajectory(self, traj):
        return traj[10 ** 6]
