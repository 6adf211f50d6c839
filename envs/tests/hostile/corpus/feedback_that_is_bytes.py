# role: feedback
# outcome: EXCEPTION feedback
# message: \(bytes\); expected a str
class Feedback:
    def summarize_trajectory(self, traj):
        return b"x" * 10_000_000
