"""What a task's file would say, drafted from the simulator, for the tasks that have none."""

from __future__ import annotations

from typing import Any

from promptpo_envs.documents import finite_or_none


def drafted_task(env: Any) -> dict[str, Any]:
    """The content of a task's file from its environment: sizes and bounds are right, meanings of
    objects and reward are not told."""
    simulator, task = env.simulator, env.id.removesuffix("-v3")
    positions = len(simulator._get_pos_objects()) // 3
    low, high = (limits.tolist() for limits in (simulator.mocap_low, simulator.mocap_high))
    spans = [f"{axis} {low[i]:g} to {high[i]:g}" for i, axis in enumerate("xyz")]
    goal = slice(36, 39)
    return {
        "title": f"Meta-World {task} (specification drafted: its objects are not described)",
        "drafted": True,
        "scene": f"The task is called {task}. What the objects are is not described; they and the"
        " goal can be elsewhere in each episode.",
        "reach": f"{spans[0]}, {spans[1]} and {spans[2]}",
        "objects": [field for number in range(positions) for field in _object(number + 1)],
        "goal": {
            "name": "goal",
            "shape": [3],
            "unit": "m",
            "low": finite_or_none(env.observation_space.low[goal].min()),
            "high": finite_or_none(env.observation_space.high[goal].max()),
            "meaning": "position of the goal",
        },
        "reward": {
            "text": "The task's own reward; not described. Each step is a success or not by the"
            " task's own rule, and the episode is one if one of its steps is."
        },
        "extra": {
            "qpos": {
                "shape": [int(simulator.model.nq)],
                "meaning": "state of the joints: 7 of the arm (rad), 2 fingers (m), the objects'",
            },
            "qvel": {"shape": [int(simulator.model.nv)], "meaning": "their velocities"},
        },
    }


def _object(number: int) -> list[dict[str, Any]]:
    return [
        {
            "name": f"object_{number}",
            "shape": [3],
            "unit": "m",
            "meaning": f"position of object {number}",
        },
        {
            "name": f"object_{number}_quaternion",
            "shape": [4],
            "meaning": f"orientation of object {number}; zeros where the task gives none",
        },
    ]
