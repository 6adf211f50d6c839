# role: feedback
# outcome: same
import sys


class Feedback:
    def summarize_trajectory(self, traj):
        for _ in range(20):
            print("x" * 1_000_000)
            sys.stderr.write("y" * 1_000_000)
        return f"{len(traj)} {sum(obs.pole_angle for obs in traj).hex()}"
