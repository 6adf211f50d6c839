# outcome: same
import os

for change in (
    lambda: os.chmod("@CANARY@", 0o777),
    lambda: os.chown("@CANARY@", 65534, 65534),
    lambda: os.truncate("@CANARY@", 0),
    lambda: os.utime("@CANARY@", (0, 0)),
    lambda: os.mkfifo("/tmp/promptpo-hostile-fifo"),
):
    try:
        change()
        raise SystemError("allowed")
    except PermissionError:
        pass


class CartPolePolicy:
    def act(self, obs):
        return int(obs.pole_angle > 0)
