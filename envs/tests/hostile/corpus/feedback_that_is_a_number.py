# role: feedback
# outcome: EXCEPTION feedback
# message: returned 3.0 \(float\); expected a str
class Feedback:
    def summarize_trajectory(self, traj):
        return 3.0
