# role: feedback
# outcome: MEMORY feedback
# memory_mb: 64
# cpu_s_feedback: 5
KEPT = []


class Feedback:
    def summarize_trajectory(self, traj):
        while True:
            KEPT.append(bytes(4000))
