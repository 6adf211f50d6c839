"""What is waited for: a further candidate's first action, the end of a loop, a round of ten."""

from __future__ import annotations

import statistics
import time

from promptpo_rollout.benchmark.policies import HOPPER
from promptpo_rollout.local import Engine

_FIRST_ACTION = """
class Policy:
    def act(self, obs):
        raise ValueError("this was the first action")
"""

# Stopped inside the call, at its end, and from outside.
_ENDLESS = {
    "in Python": """
class Policy:
    def act(self, obs):
        while True:
            pass
""",
    "that catches what stops it": """
class Policy:
    def act(self, obs):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass
""",
    "in compiled code": """
class Policy:
    def act(self, obs):
        return sum(range(10**15))
""",
}
_CANDIDATES, _EPISODES = 10, 5


def first_action(engine: Engine, count: int) -> list[float]:
    """Seconds from handing over a source to hearing that its first action failed, each time.

    More than what is asked for: the failure is described, sent and the process reaped, too.
    """
    took = []
    for number in range(count + 1):
        source = f"# candidate {number}\n{_FIRST_ACTION}"
        began = time.perf_counter()
        result = engine.rollout(HOPPER.environment, source, range(_EPISODES))
        took.append(time.perf_counter() - began)
        if result["kind"] != "EXCEPTION" or result["phase"] != "act":
            raise RuntimeError(f"expected the first action to fail; came {result}")
    return took[1:]


def endless(engine: Engine, limit: float, count: int) -> dict[str, list[tuple[float, float]]]:
    """How far loops without end went past ``limit`` seconds of CPU time, by their kind: seconds of
    CPU time, and on the clock, where what else the machine does counts too."""
    found: dict[str, list[tuple[float, float]]] = {kind: [] for kind in _ENDLESS}
    for _ in range(count):
        for kind, source in _ENDLESS.items():
            began = time.perf_counter()
            result = engine.rollout(
                HOPPER.environment, source, [1], limits={"cpu_s_step": limit, "cpu_s_load": limit}
            )
            clock = time.perf_counter() - began
            if result.get("kind") != "TIMEOUT":
                raise RuntimeError(f"expected a loop to be ended; came {result}")
            found[kind].append((result["policy_cpu_seconds"] - limit, clock - limit))
    return found


def rounds(count: int) -> tuple[list[float], list[float]]:
    """Seconds for ten candidates of five whole episodes, by one worker and by two, in turns."""
    requests = [
        {
            "type": "rollout",
            "environment": HOPPER.environment,
            "source": f"# candidate {number}\n{HOPPER.source}",
            "seeds": list(HOPPER.seeds[:_EPISODES]),
        }
        for number in range(_CANDIDATES)
    ]

    def took(engine: Engine) -> float:
        began = time.perf_counter()
        answers = engine.run_all(requests)
        seconds = time.perf_counter() - began
        if any(answer.get("steps") != _EPISODES * HOPPER.steps for answer, _blob in answers):
            raise RuntimeError(f"expected whole episodes; came {answers[0][0]}")
        return seconds

    one, two = [], []
    with Engine(1) as single, Engine(2) as double:
        single.run_all(requests[:1])
        double.run_all(requests[:2])
        for number in range(count):
            if number % 2:
                one.append(took(single))
                two.append(took(double))
            else:
                two.append(took(double))
                one.append(took(single))
    return one, two


def spread(values: list[float]) -> dict[str, float]:
    """Median, lowest and highest."""
    return {"median": statistics.median(values), "lowest": min(values), "highest": max(values)}
