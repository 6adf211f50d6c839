# outcome: EXCEPTION act
# message: not callable
class CartPolePolicy:
    act = 5
