# environment: MountainCarContinuous-v0
# outcome: TIMEOUT act
# cpu_s_step: 0.1
class Never:
    def __array__(self, *arguments, **options):
        while True:
            pass


class Policy:
    def act(self, obs):
        return Never()
