"""CPU time a step, on one core: the engine, one process and two bare ones, in turns."""

from __future__ import annotations

import dataclasses
import os
import time

from promptpo_rollout.benchmark.in_process import Episodes, PlainLoop
from promptpo_rollout.benchmark.policies import Timed
from promptpo_rollout.benchmark.two_processes import TwoProcesses
from promptpo_rollout.local import Engine


@dataclasses.dataclass(frozen=True)
class Turn:
    """CPU seconds of the same episodes, of environment and policy together."""

    engine: float
    plain: float
    """In one process."""
    bare: float
    """In two processes with nothing but the frames."""

    @property
    def ratio(self) -> float:
        """The engine's over the plain loop's."""
        return self.engine / self.plain

    @property
    def bare_ratio(self) -> float:
        """Two bare processes' over the plain loop's: no engine's is below."""
        return self.bare / self.plain


def stay_on_one_core() -> None:
    """This process, and the workers that it starts from now on, share the last core."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def turns(engine: Engine, timed: Timed, count: int) -> list[Turn]:
    """``count`` turns, with the order changed each time, after one for warming.

    Raises RuntimeError if the three did not give the same returns and actions.
    """
    scope: dict = {}
    exec(compile(timed.source, "policy.py", "exec"), scope)  # this package's own text
    policy = scope["Policy"]
    loop, two = PlainLoop(timed.environment), TwoProcesses(timed.environment)
    measured = {
        "engine": lambda: _engine(engine, timed),
        "plain": lambda: _plain(loop, policy, timed),
        "bare": lambda: _bare(two, policy, timed),
    }
    found = []
    for number in range(count + 1):
        names = sorted(measured, reverse=number % 2 == 1)
        seconds, episodes = {}, []
        for name in names:
            seconds[name], came = measured[name]()
            episodes.append(came)
        if any(came != episodes[0] for came in episodes):
            raise RuntimeError(
                f"{timed.environment}: the engine, the plain loop and two bare processes gave "
                "different episodes"
            )
        found.append(Turn(**seconds))
    return found[1:]


def _plain(loop: PlainLoop, policy: type, timed: Timed) -> tuple[float, Episodes]:
    started = time.process_time()
    episodes = loop.run(policy, timed.seeds)
    return time.process_time() - started, episodes


def _bare(two: TwoProcesses, policy: type, timed: Timed) -> tuple[float, Episodes]:
    return two.run(policy, timed.seeds, timed.steps)


def _engine(engine: Engine, timed: Timed) -> tuple[float, Episodes]:
    result = engine.rollout(timed.environment, timed.source, timed.seeds)
    if result.get("outcome") != "completed" or set(result["lengths"]) != {timed.steps}:
        raise RuntimeError(f"{timed.environment}: expected whole episodes; came {result}")
    used = result["worker_cpu_seconds"] + result["policy_cpu_seconds"]
    return used, Episodes(result["returns"], result["lengths"], result["actions_digest"])
