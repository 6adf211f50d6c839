# outcome: FORBIDDEN act
import fcntl


class CartPolePolicy:
    def act(self, obs):
        fcntl.fcntl(4, fcntl.F_DUPFD, 10)
        return 0
