# outcome: NO_CLASS load
# message: expected class CartPolePolicy
def act(obs):
    return 0
