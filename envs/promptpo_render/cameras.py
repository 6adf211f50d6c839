"""Where a MuJoCo scene is looked at from: the whole agent and its goal, upright."""

from __future__ import annotations

import math
from typing import Any

# Meta-World's own corner cameras hang upside down. This one stands behind the table's far left
# corner, opposite the robot: arm, gripper and the object's near side are all in view.
_META_WORLD = {
    "lookat": (0.0, 0.58, 0.18),
    "distance": 1.75,
    "azimuth": 205.0,
    "elevation": -28.0,
}
_OF_TASKS = {
    # Gymnasium shows these from so far that the agent is a few pixels high.
    "Reacher": {
        "lookat": (0.0, 0.0, 0.0),
        "distance": 0.56,
        "azimuth": 90.0,
        "elevation": -90.0,
    },
    "InvertedDoublePendulum": {
        "lookat": (0.0, 0.0, 0.45),
        "distance": 2.6,
        "azimuth": 90.0,
        "elevation": -8.0,
    },
    "Pusher": {
        "lookat": (0.2, -0.2, -0.1),
        "distance": 2.2,
        "azimuth": 90.0,
        "elevation": -45.0,
    },
}
_MAZE_MARGIN = 1.04


def camera(parts: list[Any], holder: Any, aspect: float) -> Any:
    """What ``mujoco.Renderer.update_scene`` takes: a camera of the model, or a free one.

    ``parts`` are the environment and those inside it, ``holder`` is the one with the model,
    ``aspect`` the picture's width over its height.
    """
    import mujoco

    model = holder.model

    def named(name: str) -> bool:
        return mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_CAMERA, name) >= 0

    free = mujoco.MjvCamera()
    mujoco.mjv_defaultFreeCamera(model, free)
    if named("corner2") and named("behindGripper"):
        return _set(free, _META_WORLD)
    task = getattr(getattr(parts[0], "spec", None), "name", "")
    if task in _OF_TASKS:
        return _set(free, _OF_TASKS[task])
    for part in parts:
        if hasattr(part, "maze"):
            return _set(free, _above(part.maze, math.radians(model.vis.global_.fovy), aspect))
    if named("track"):
        return "track"
    config = getattr(getattr(holder, "mujoco_renderer", None), "default_cam_config", None) or {}
    body = config.get("trackbodyid", -1)
    if body >= 0 and "lookat" not in config:
        free.type = mujoco.mjtCamera.mjCAMERA_TRACKING
        free.trackbodyid = body
    return _set(free, {key: value for key, value in config.items() if key != "trackbodyid"})


def _above(maze: Any, opening: float, aspect: float) -> dict[str, Any]:
    """Straight above the middle of a maze, as near as shows all of it."""
    rows = maze.map_length * maze.maze_size_scaling
    columns = maze.map_width * maze.maze_size_scaling
    height = _MAZE_MARGIN * max(rows, columns / aspect) / (2 * math.tan(opening / 2))
    top = maze.maze_height * maze.maze_size_scaling
    return {
        "lookat": (0.0, 0.0, 0.0),
        "distance": height + top,
        "azimuth": 90.0,
        "elevation": -90.0,
    }


def _set(camera: Any, values: dict[str, Any]) -> Any:
    for key, value in values.items():
        if key == "lookat":
            camera.lookat[:] = value
        else:
            setattr(camera, key, value)
    return camera
