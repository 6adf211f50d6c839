# outcome: EXCEPTION act
# message: RuntimeError
class CartPolePolicy:
    def act(self, obs):
        problem = None
        for number in range(5_000):
            later = RuntimeError(number)
            later.__cause__ = problem
            problem = later
        raise problem
