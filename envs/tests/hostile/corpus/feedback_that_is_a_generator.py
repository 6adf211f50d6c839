# role: feedback
# outcome: EXCEPTION feedback
# message: \(generator\); expected a str
class Feedback:
    def summarize_trajectory(self, traj):
        yield "x"
