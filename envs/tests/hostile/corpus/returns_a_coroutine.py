# outcome: BAD_ACTION act
# message: coroutine
class CartPolePolicy:
    async def act(self, obs):
        return 0
