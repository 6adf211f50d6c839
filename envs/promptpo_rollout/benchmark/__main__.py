"""Measure: ``python -m promptpo_rollout.benchmark PART... --pairs N``.

One JSON object a line: ``measure``, ``unit``, ``median``, ``lowest``, ``highest``, ``count``,
``target``, ``at_most`` (whether the target is a highest or a lowest value) and ``detail``.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator

from promptpo_rollout.benchmark import latency, steps
from promptpo_rollout.benchmark.policies import TIMED
from promptpo_rollout.local import Engine

_PARTS = ("steps", "candidate", "endless", "workers")
_LOOP_LIMIT = 1.0


def measures(parts: list[str], environments: list[str], count: int) -> Iterator[dict]:
    """The measures of each part, as they are known."""
    if "workers" in parts:
        # First: two workers need two cores.
        one, two = latency.rounds(count)
        yield _measure(
            "two workers against one, 10 candidates x 5 episodes of Hopper-v5",
            "times as fast",
            [alone / both for alone, both in zip(one, two, strict=True)],
            1.8,
            f"{min(one):.2f} s by one, {min(two):.2f} s by two, at best",
            at_most=False,
        )
    steps.stay_on_one_core()
    with Engine(1) as engine:
        if "candidate" in parts:
            took = [1e3 * seconds for seconds in latency.first_action(engine, 7 * count)]
            yield _measure("a further candidate, source to first action", "ms", took, 30.0)
        if "endless" in parts:
            for kind, over in latency.endless(engine, _LOOP_LIMIT, 3).items():
                yield _measure(
                    f"a loop {kind}, past its limit of 1 s",
                    "s of CPU time",
                    [cpu for cpu, _clock in over],
                    1.0,
                    f"at most {max(clock for _cpu, clock in over):.2f} s on the clock",
                )
        if "steps" in parts:
            for timed in TIMED:
                if environments and timed.environment not in environments:
                    continue
                turns = steps.turns(engine, timed, count)
                taken = len(timed.seeds) * timed.steps
                engine_us, plain_us = (
                    1e6 * min(values) / taken
                    for values in zip(*((turn.engine, turn.plain) for turn in turns), strict=True)
                )
                bare = latency.spread([turn.bare_ratio for turn in turns])
                yield _measure(
                    f"CPU time a step, {timed.environment}",
                    "times the plain loop",
                    [turn.ratio for turn in turns],
                    timed.target,
                    f"{engine_us:.1f} us against {plain_us:.1f} us at best, {taken} steps; two "
                    f"bare processes {bare['median']:.2f} times ({bare['lowest']:.2f} to "
                    f"{bare['highest']:.2f})",
                )


def _measure(
    name: str,
    unit: str,
    values: list[float],
    target: float,
    detail: str = "",
    at_most: bool = True,
) -> dict:
    return {
        "measure": name,
        "unit": unit,
        **latency.spread(values),
        "count": len(values),
        "target": target,
        "at_most": at_most,
        "detail": detail,
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="promptpo_rollout.benchmark")
    parser.add_argument("parts", nargs="*", choices=[[], *_PARTS], default=[])
    parser.add_argument("--environment", action="append", default=[])
    parser.add_argument("--pairs", type=int, default=7)
    options = parser.parse_args()
    # Nothing is drawn, as in the engine's own processes.
    os.environ["MUJOCO_GL"] = "disable"
    for found in measures(options.parts or list(_PARTS), options.environment, options.pairs):
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
