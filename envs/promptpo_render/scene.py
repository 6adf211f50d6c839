"""One environment that is stepped to be looked at."""

from __future__ import annotations

import importlib.util
import sys
from typing import Any

import numpy as np
from promptpo_rollout.environments import ActionSpace, Environment, Step

from promptpo_render import cameras, detail, gl
from promptpo_render.errors import RenderUnavailable, one_line

SKY = (226, 232, 240)
"""What is behind a MuJoCo scene: light, and one colour, which costs a film nothing."""
_STEPS_PER_SECOND = 10.0
_INSIDE = ("simulator", "goal_env", "point_env", "ant_env")
"""Under which names environments keep others inside."""


class Scene:
    """An environment of its own under a preset, and how it is drawn. Close it.

    MuJoCo's models are drawn here, at the size asked for; others draw themselves, at their size.
    Raises LookupError and ValueError as ``promptpo_envs.make`` does, GlUnavailable where a MuJoCo
    scene finds no GL in this process, RenderUnavailable where the environment draws nothing.
    """

    def __init__(self, name: str, preset: str, width: int, height: int) -> None:
        # Of a user's own environment the digest of its files follows; a message needs no such.
        self.name = name.partition("@")[0]
        self._environment, specification = _made(name, preset)
        try:
            self._space = ActionSpace(specification["action"])
            self._painter: _MujocoPainter | _OwnPainter
            parts = _parts(self._environment.env.unwrapped)
            holder = _with_model(parts)
            if holder is not None:
                self._painter = _MujocoPainter(parts, holder, width, height)
            else:
                _refuse_undrawn(self.name, self._environment.env)
                self._environment.close()
                self._environment, _same = _made(name, preset, render_mode="rgb_array")
                self._painter = _OwnPainter(self.name, self._environment.env)
        except BaseException:
            self._environment.close()
            raise

    @property
    def action_size(self) -> int:
        """Numbers of an action."""
        return self._space.size

    @property
    def renderer(self) -> str:
        """What draws, in words."""
        return self._painter.renderer

    @property
    def seconds_per_step(self) -> float | None:
        """Simulated seconds of a step; None where steps are no time."""
        for part in _parts(self._environment.env.unwrapped):
            for name in ("dt", "tau"):
                value = getattr(part, name, None)
                if isinstance(value, (int, float)) and value > 0:
                    return float(value)
        return None

    @property
    def steps_per_second(self) -> float:
        """How fast to show steps that are no time."""
        return float(self._environment.env.metadata.get("render_fps", _STEPS_PER_SECOND))

    def reset(self, seed: int) -> np.ndarray:
        """Begins the episode of a seed; its first frame."""
        return self._environment.reset(seed)

    def step(self, action: np.ndarray) -> Step:
        """Takes an action that a rollout took: float64, (action_size,)."""
        taken = self._space.taken(action)
        if taken is None:
            raise ValueError(
                f"{action.tolist()} is no action of {self.name}: {self._space.expected()}"
            )
        return Step(*self._environment.step(taken))

    def picture(self) -> np.ndarray:
        """The present state: uint8, (height, width, 3)."""
        return self._painter.paint()

    def close(self) -> None:
        """Ends the environment and frees what GL holds. May be called again."""
        self._painter.close()
        self._environment.close()


class _MujocoPainter:
    def __init__(self, parts: list[Any], holder: Any, width: int, height: int) -> None:
        import mujoco

        name = gl.check()
        self.renderer = f"{gl.backend()}: {name}"
        self._holder = holder
        model = holder.model
        # A context of software GL is slow with any of these: 3 to 9 pictures a second, not 100.
        model.vis.quality.offsamples = 0
        model.vis.quality.shadowsize = 0
        model.vis.global_.offwidth = max(width, model.vis.global_.offwidth)
        model.vis.global_.offheight = max(height, model.vis.global_.offheight)
        _paint_sky(model)
        self._camera = cameras.camera(parts, holder, width / height)
        self._renderer = mujoco.Renderer(detail.drawn(model, self._camera, height), height, width)
        self._renderer.scene.flags[mujoco.mjtRndFlag.mjRND_SHADOW] = False
        self._renderer.scene.flags[mujoco.mjtRndFlag.mjRND_REFLECTION] = False

    def paint(self) -> np.ndarray:
        self._renderer.update_scene(self._holder.data, self._camera)
        return self._renderer.render()

    def close(self) -> None:
        # Left to the interpreter's end, EGL prints tracebacks.
        self._renderer.close()


class _OwnPainter:
    renderer = "the environment itself"

    def __init__(self, name: str, env: Any) -> None:
        self._name = name
        self._env = env

    def paint(self) -> np.ndarray:
        import gymnasium

        try:
            picture = self._env.render()
        except gymnasium.error.DependencyNotInstalled as problem:
            raise _missing(self._name, one_line(problem)) from None
        if not isinstance(picture, np.ndarray) or picture.ndim != 3 or picture.shape[2] != 3:
            raise RenderUnavailable(f"{self._name} gives no picture of red, green and blue")
        return np.ascontiguousarray(picture, dtype=np.uint8)

    def close(self) -> None:
        """Its environment is closed by the scene."""


def _made(name: str, preset: str, **options: object) -> tuple[Environment, dict]:
    import gymnasium
    import promptpo_envs

    try:
        specification = promptpo_envs.specification(name, preset)
        return Environment(name, preset, specification, **options), specification
    except (promptpo_envs.UnknownEnvironment, promptpo_envs.UnknownPreset):
        raise
    except (ImportError, gymnasium.error.DependencyNotInstalled) as problem:
        _check_gl()
        raise _missing(name.partition("@")[0], one_line(problem)) from None
    except Exception:
        _check_gl()
        raise


def _check_gl() -> None:
    # MuJoCo loads GL when it is imported, and what that raises comes in many forms.
    if importlib.util.find_spec("mujoco") is not None:
        gl.check()


def _refuse_undrawn(name: str, env: Any) -> None:
    if "rgb_array" not in env.metadata.get("render_modes", []):
        raise RenderUnavailable(f"{name} draws no pictures: it has no render mode rgb_array")


def _missing(name: str, reason: str) -> RenderUnavailable:
    if "pygame" in reason:
        return RenderUnavailable(
            f"{name} is drawn by pygame, which is not part of the base installation:"
            f" {sys.executable} -m pip install pygame"
        )
    return RenderUnavailable(f"{name} cannot be drawn: {reason}")


def _parts(unwrapped: Any) -> list[Any]:
    """An environment and those that it keeps inside, outermost first."""
    found = [unwrapped]
    for part in found:
        inside = (getattr(part, name, None) for name in _INSIDE)
        found.extend(other for other in inside if other is not None)
    return found


def _with_model(parts: list[Any]) -> Any:
    """The part that holds MuJoCo's model and data, or None."""
    mujoco = sys.modules.get("mujoco")
    if mujoco is None:
        return None
    return next((p for p in parts if isinstance(getattr(p, "model", None), mujoco.MjModel)), None)


def _paint_sky(model: Any) -> None:
    import mujoco

    for number in range(model.ntex):
        if model.tex_type[number] == mujoco.mjtTexture.mjTEXTURE_SKYBOX:
            channels = int(model.tex_nchannel[number])
            size = int(model.tex_height[number] * model.tex_width[number])
            start = int(model.tex_adr[number])
            colour = np.array([*SKY, 255], dtype=np.uint8)[:channels]
            model.tex_data[start : start + size * channels] = np.tile(colour, size)
