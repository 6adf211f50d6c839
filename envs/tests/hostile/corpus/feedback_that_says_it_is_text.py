# role: feedback
# outcome: EXCEPTION feedback
# message: TypeError
class Chameleon:
    __class__ = str


class Feedback:
    def summarize_trajectory(self, traj):
        return Chameleon()
