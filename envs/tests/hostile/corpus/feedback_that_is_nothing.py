# role: feedback
# outcome: EXCEPTION feedback
# message: None
class Feedback:
    def summarize_trajectory(self, traj):
        pass
