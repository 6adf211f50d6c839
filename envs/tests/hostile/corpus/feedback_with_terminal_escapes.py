# role: feedback
# outcome: completed
# summary: cleared.*next line
class Feedback:
    def summarize_trajectory(self, traj):
        return "\x1b[2Jcleared\x00\x07\r\ud800\n\u202enext line"
