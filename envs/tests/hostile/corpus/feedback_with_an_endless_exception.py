# role: feedback
# outcome: TIMEOUT feedback
# cpu_s_feedback: 0.1
# cpu_s_load: 0.1
class Endless(Exception):
    def __str__(self):
        while True:
            pass


class Feedback:
    def summarize_trajectory(self, traj):
        raise Endless
