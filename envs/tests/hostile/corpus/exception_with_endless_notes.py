# outcome: EXCEPTION|TIMEOUT act
# cpu_s_step: 0.1
class Notes:
    def __iter__(self):
        while True:
            yield "note"


class CartPolePolicy:
    def act(self, obs):
        problem = ValueError("noted")
        problem.__notes__ = Notes()
        raise problem
