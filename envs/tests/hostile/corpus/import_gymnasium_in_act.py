# outcome: FORBIDDEN act
# message: it asked for gymnasium
class CartPolePolicy:
    def act(self, obs):
        import gymnasium.envs

        return 0
