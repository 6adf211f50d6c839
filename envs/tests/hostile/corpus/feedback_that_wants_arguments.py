# role: feedback
# outcome: CONSTRUCTION construct
class Feedback:
    def __init__(self, length):
        self.length = length

    def summarize_trajectory(self, traj):
        return ""
