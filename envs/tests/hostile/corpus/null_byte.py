# outcome: SYNTAX load
# message: null bytes
class CartPolePolicy:
    name = "@NULL@"
