# role: feedback
# outcome: MEMORY feedback
# memory_mb: 64
# cpu_s_feedback: 5
KEPT = []


class Feedback:
    def summarize_trajectory(self, traj):
        for size in (1 << 20, 1 << 14, 1 << 9, 1 << 5):
            try:
                while True:
                    KEPT.append(bytes(size))
            except MemoryError:
                pass
        return "no room"
