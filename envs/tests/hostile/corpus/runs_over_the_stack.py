# outcome: PROCESS_DIED act
# cpu_s_step: 5
# message: SIGSEGV
class CartPolePolicy:
    def act(self, obs):
        nested = ()
        for _ in range(200_000):
            nested = (nested,)
        return hash(nested)
