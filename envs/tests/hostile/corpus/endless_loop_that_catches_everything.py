# outcome: TIMEOUT act
class CartPolePolicy:
    def act(self, obs):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                continue
