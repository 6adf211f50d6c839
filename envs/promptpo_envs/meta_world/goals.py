"""The fifty goals of each task: where the objects and the goal are placed in an episode.

Meta-World's MT1 draws them anew, from NumPy's global generator, whenever one is made without a
seed: then no two processes have the same goals. Here they are those of ``metaworld.MT1(id,
seed=0)``, in their order, always.
"""

from __future__ import annotations

import contextlib
import functools
import pickle
from collections.abc import Iterator
from typing import Any

import numpy as np

GOALS = 50
"""Goals a task, as in the benchmark."""
SEED = 0
"""The seed of MT1 whose goals these are."""


@functools.cache
def tasks(id: str) -> tuple[Any, ...]:
    """The goals of a task as what Meta-World's ``set_task`` takes; the goal is observed.

    About 0.3 s of processor time, once a process and task.
    """
    from metaworld.env_dict import ALL_V3_ENVIRONMENTS
    from metaworld.types import Task

    env_class = ALL_V3_ENVIRONMENTS[id]
    return tuple(
        Task(
            env_name=id,
            data=pickle.dumps(
                {"env_cls": env_class, "rand_vec": vector, "partially_observable": False}
            ),
        )
        for vector in goal_vectors(id)
    )


def goal_vectors(id: str) -> np.ndarray:
    """The numbers that MT1 draws for each goal, float64 of shape (50, 3) or (50, 6), in metres.

    What they mean is the task's own: a place of the object, or of the object and of the goal.
    """
    from metaworld.env_dict import ALL_V3_ENVIRONMENTS

    env = ALL_V3_ENVIRONMENTS[id]()
    # As MT1 does it, but for the fifty simulated steps a reset in which the arm takes its place:
    # they draw no numbers. The kinematics are computed, since some tasks read them.
    env._set_task_called = True
    env._freeze_rand_vec = False
    env._reset_hand = functools.partial(_place_nothing, env)
    vectors = []
    with _global_generator(SEED):
        for _ in range(GOALS):
            env.reset()
            vectors.append(env._last_rand_vec.copy())
    env.close()
    return np.array(vectors)


def _place_nothing(env: Any, steps: int = 0) -> None:
    import mujoco

    mujoco.mj_forward(env.model, env.data)
    env.init_tcp = env.tcp_center


@contextlib.contextmanager
def _global_generator(seed: int) -> Iterator[None]:
    """NumPy's global generator, seeded; as it was afterwards."""
    before = np.random.get_state()
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(before)
