"""CPU time a step: the engine against the plain loop, in pairs, on one core."""

from __future__ import annotations

import dataclasses
import os
import statistics
import time

from promptpo_rollout.benchmark.in_process import PlainLoop
from promptpo_rollout.benchmark.policies import Timed
from promptpo_rollout.local import Engine


@dataclasses.dataclass(frozen=True)
class Pair:
    """CPU seconds of the same episodes, worker and policy together and in one process."""

    engine: float
    plain: float

    @property
    def ratio(self) -> float:
        return self.engine / self.plain


def stay_on_one_core() -> None:
    """This process, and the workers that it starts from now on, share the last core."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def pairs(engine: Engine, timed: Timed, count: int) -> list[Pair]:
    """``count`` pairs, taken in turns with the order changed each time, after one for warming.

    Raises RuntimeError if the two did not give the same returns and actions.
    """
    scope: dict = {}
    exec(compile(timed.source, "policy.py", "exec"), scope)  # this package's own text
    loop = PlainLoop(timed.environment)
    found = []
    for number in range(count + 1):
        if number % 2:
            plain, theirs = _plain(loop, scope["Policy"], timed)
            engined, ours = _engine(engine, timed)
        else:
            engined, ours = _engine(engine, timed)
            plain, theirs = _plain(loop, scope["Policy"], timed)
        if ours != theirs:
            raise RuntimeError(
                f"{timed.environment}: the engine and the plain loop gave different episodes"
            )
        found.append(Pair(engined, plain))
    return found[1:]


def _plain(loop: PlainLoop, policy: type, timed: Timed) -> tuple[float, tuple]:
    started = time.process_time()
    episodes = loop.run(policy, timed.seeds)
    used = time.process_time() - started
    return used, (episodes.returns, episodes.lengths, episodes.actions_digest)


def _engine(engine: Engine, timed: Timed) -> tuple[float, tuple]:
    result = engine.rollout(timed.environment, timed.source, timed.seeds)
    if result.get("outcome") != "completed" or set(result["lengths"]) != {timed.steps}:
        raise RuntimeError(f"{timed.environment}: expected whole episodes; came {result}")
    used = result["worker_cpu_seconds"] + result["policy_cpu_seconds"]
    return used, (result["returns"], result["lengths"], result["actions_digest"])


def median_ratio(found: list[Pair]) -> float:
    """The median of the pairs' ratios."""
    return statistics.median(pair.ratio for pair in found)
