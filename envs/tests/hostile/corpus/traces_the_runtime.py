# outcome: same
import sys

SEEN = []


def watch(frame, event, argument):
    SEEN.append(frame.f_code.co_name)


class CartPolePolicy:
    def act(self, obs):
        sys.setprofile(watch)
        sys.settrace(watch)
        sys.addaudithook(lambda *_: None) if not SEEN else None
        del SEEN[10:]
        return int(obs.pole_angle > 0)
