# role: feedback
# outcome: EXCEPTION feedback
# message: Unspeakable
class Unspeakable(Exception):
    def __str__(self):
        raise SystemExit

    __repr__ = __str__


class Feedback:
    def summarize_trajectory(self, traj):
        raise Unspeakable
