# role: feedback
# outcome: FORBIDDEN feedback
class Feedback:
    def summarize_trajectory(self, traj):
        open("/tmp/promptpo-hostile-feedback", "w").write("here")
        return "written"
