# role: feedback
# outcome: same
class Feedback:
    def summarize_trajectory(self, traj):
        summary = f"{len(traj)} {sum(obs.pole_angle for obs in traj).hex()}"
        for obs in traj:
            base = obs.vector if obs.vector.base is None else obs.vector.base
            base[:] = 0.0
            obs.pole_angle = 0.0
        traj.clear()
        return summary
