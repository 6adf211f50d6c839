# role: feedback
# outcome: EXCEPTION feedback
# message: EOFError
class Feedback:
    def summarize_trajectory(self, traj):
        return input()
