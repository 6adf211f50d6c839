# role: feedback
# outcome: completed
# summary: ^x{2000}$
class Feedback:
    def summarize_trajectory(self, traj):
        return "x" * 50_000_000
