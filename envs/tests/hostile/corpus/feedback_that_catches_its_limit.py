# role: feedback
# outcome: TIMEOUT feedback
# cpu_s_feedback: 0.1
# message: caught what stopped it
class Feedback:
    def summarize_trajectory(self, traj):
        try:
            while True:
                pass
        except BaseException:
            return "done"
