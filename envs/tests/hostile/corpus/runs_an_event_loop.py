# outcome: FORBIDDEN act
import asyncio


async def choose():
    return 0


class CartPolePolicy:
    def act(self, obs):
        return asyncio.run(choose())
