# outcome: EXCEPTION act
# message: Alive: still here
class Text(str):
    def split(self, *_):
        raise SystemExit

    __getitem__ = __len__ = __iter__ = __format__ = __str__ = __repr__ = split


class Alive(Exception):
    def __str__(self):
        return Text("still here")


class CartPolePolicy:
    def act(self, obs):
        raise Alive
