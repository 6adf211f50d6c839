"""Seeds of episodes, from the seed of a run, a stage, a round and an episode.

The candidate is no part of it: all candidates of a round meet the same episodes (common random
numbers). Held-out episodes have a stage of their own, so no optimizer ever sees them.
"""

from __future__ import annotations

import numpy as np

STAGES = {"search": 0, "validation": 1, "audit": 2, "heldout": 3, "render": 4, "evaluate": 5}
"""Fixed for ever: a number here is part of every recorded run. The audit re-rolls the episodes
of search and draws none of its own; its number is kept free."""


def episode_seeds(run_seed: int, stage: str, round: int, episodes: int) -> list[int]:
    """Seeds of the episodes 0 to ``episodes - 1``, each in [0, 2**32).

    Each is the first word of ``SeedSequence(run_seed, spawn_key=(stage, round, episode))``, so
    asking for more episodes never changes the earlier ones. Raises ValueError for an unknown
    stage or a negative number.
    """
    if stage not in STAGES:
        raise ValueError(f"Unknown stage {stage!r}: expected one of {', '.join(STAGES)}.")
    for name, value in (("run_seed", run_seed), ("round", round), ("episodes", episodes)):
        if value < 0:
            raise ValueError(f"{name} is {value}: expected 0 or more.")
    return [
        int(
            np.random.SeedSequence(
                run_seed, spawn_key=(STAGES[stage], round, episode)
            ).generate_state(1)[0]
        )
        for episode in range(episodes)
    ]
