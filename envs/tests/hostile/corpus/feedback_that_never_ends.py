# role: feedback
# outcome: TIMEOUT feedback
# cpu_s_feedback: 0.1
# traceback: while True
class Feedback:
    def summarize_trajectory(self, traj):
        while True:
            pass
