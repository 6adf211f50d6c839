# environment: MountainCarContinuous-v0
# outcome: PROCESS_DIED act
# message: SIGSEGV
class Wild:
    __array_interface__ = {"shape": (1,), "typestr": "<f8", "data": (8, False), "version": 3}


class Policy:
    def act(self, obs):
        return Wild()
