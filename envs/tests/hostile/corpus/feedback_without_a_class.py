# role: feedback
# outcome: NO_CLASS load
# message: expected class Feedback
def summarize_trajectory(traj):
    return ""
