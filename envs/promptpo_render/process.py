"""The process that draws: trusted, and the only one that loads GL.

It hears documents (``promptpo_rollout.wire``) and answers each with one of the same ``id``:

- ``picture``: ``scene`` (a number that its asker chose), ``environment``, ``preset``, ``width``,
  ``height``, ``seed``, ``from`` and, as its blob, actions of float64: those of the episode of
  ``seed`` from step ``from`` on. Answered by ``picture`` with ``width``, ``height`` and
  ``frame_bytes``; the blob is the frame that the last action led to, float64, then the picture,
  uint8 (height, width, 3). Answered by ``resend`` where step ``from`` is not where the scene is:
  then all actions are needed.
- ``forget`` with ``scene``: it will not be asked for again.
- ``film``: ``environment``, ``preset``, ``width``, ``height``, ``seed``, ``most`` (pictures),
  ``video`` (``gif``, ``mp4`` or ``best``), with the episode's actions as its blob. Answered by
  ``film``: ``return``, ``states`` (which are shown), ``video``, ``seconds`` (each is shown),
  ``speed``, ``steps_per_second``, ``renderer``, ``drawing`` (seconds by clock and processor),
  ``parts`` (lengths); the blob is the video, then each picture as PNG. ``progress`` comes before,
  with ``pictures`` so far.

With an ``environment`` of a user's own, ``id@digest``, comes ``files``: the text of its bundle
(``promptpo_envs.registered``).

What goes wrong is an ``error`` with a ``message`` and a ``kind``: ``gl`` (this process's way to GL
does not work: another may be tried), ``none`` (nothing can be drawn), ``request``,
``environment``. ``gl_works`` is said once when GL has proven to work.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import select
import signal
import socket
import time
from typing import Any

import numpy as np
from promptpo_rollout.wire import Channel, WireError

from promptpo_render import film, gl
from promptpo_render.errors import GlUnavailable, RenderUnavailable, one_line
from promptpo_render.scene import Scene

_SEND_SECONDS = 60.0
_PROGRESS_SECONDS = 0.25


def main(arguments: list[str]) -> None:
    """Draws until the socket closes."""
    parser = argparse.ArgumentParser(prog="render")
    parser.add_argument("--fd", type=int, required=True)
    options = parser.parse_args(arguments)
    # The launching thread of a JVM may have signals blocked, and a mask survives exec.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    studio = Studio(Channel(socket.socket(fileno=options.fd)))
    try:
        with contextlib.suppress(WireError):
            studio.serve()
    finally:
        studio.close()


class _Shot:
    """A scene, and where in which episode it is."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.seed: int | None = None
        self.steps = 0
        self.frame = np.empty(0)


class Studio:
    """The scenes, and the one who asks for pictures of them."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._shots: dict[int, _Shot] = {}
        self._gl_said = False

    def serve(self) -> None:
        """Answers until the other side is gone (WireError)."""
        while True:
            select.select([self._channel], [], [])
            for text, blob in self._channel.take():
                asked = json.loads(text)
                answer, data = self._answer(asked, blob)
                self._say({**answer, "id": asked["id"]}, data)

    def close(self) -> None:
        """Closes the scenes."""
        for number in list(self._shots):
            self._forget(number)

    def _answer(self, asked: dict, blob: bytes) -> tuple[dict, bytes]:
        try:
            match asked["type"]:
                case "picture":
                    return self._picture(asked, blob)
                case "film":
                    return self._film(asked, blob)
                case "forget":
                    self._forget(asked["scene"])
                    return {"event": "forgotten"}, b""
                case other:
                    return _error("request", f"nothing is known of {other!r} here")
        except WireError:
            raise
        except GlUnavailable as problem:
            return _error("gl", str(problem))
        except RenderUnavailable as problem:
            return _error("none", str(problem))
        except LookupError as problem:
            return _error("request", f"{problem.args[0] if problem.args else problem}")
        except Exception as problem:
            self._forget(asked.get("scene", -1))
            name = str(asked.get("environment")).partition("@")[0]
            return _error("environment", f"{name}: {one_line(problem)}")

    def _picture(self, asked: dict, blob: bytes) -> tuple[dict, bytes]:
        shot = self._shots.get(asked["scene"])
        if asked["from"] != 0 and (
            shot is None or (shot.seed, shot.steps) != (asked["seed"], asked["from"])
        ):
            return {"event": "resend"}, b""
        if shot is None:
            shot = self._shots[asked["scene"]] = _Shot(self._open(asked))
        if asked["from"] == 0:
            shot.frame = np.array(shot.scene.reset(asked["seed"]))
            shot.seed, shot.steps = asked["seed"], 0
        for action in _actions(blob, shot.scene.action_size):
            shot.frame = np.array(shot.scene.step(action).frame)
            shot.steps += 1
        picture = shot.scene.picture()
        frame = np.asarray(shot.frame, dtype="<f8").tobytes()
        height, width, _channels = picture.shape
        return {
            "event": "picture",
            "width": width,
            "height": height,
            "frame_bytes": len(frame),
        }, frame + picture.tobytes()

    def _film(self, asked: dict, blob: bytes) -> tuple[dict, bytes]:
        scene = self._open(asked)
        try:
            return self._shoot(scene, asked, _actions(blob, scene.action_size))
        finally:
            scene.close()

    def _shoot(self, scene: Scene, asked: dict, actions: np.ndarray) -> tuple[dict, bytes]:
        plan = film.schedule(
            len(actions), asked["most"], scene.seconds_per_step, scene.steps_per_second
        )
        shown = set(plan.states)
        pictures: list[np.ndarray] = []
        clock, processor, total = [], [], 0.0
        reported = time.monotonic()
        scene.reset(asked["seed"])
        for state in range(len(actions) + 1):
            if state > 0:
                total += scene.step(actions[state - 1]).reward
            if state in shown:
                begun, used = time.perf_counter(), time.process_time()
                pictures.append(scene.picture())
                clock.append(time.perf_counter() - begun)
                processor.append(time.process_time() - used)
            if time.monotonic() - reported > _PROGRESS_SECONDS:
                reported = time.monotonic()
                self._say({"event": "progress", "id": asked["id"], "pictures": len(pictures)})
        video = film.video_format() if asked["video"] == "best" else asked["video"]
        encode = {"gif": film.gif, "mp4": film.mp4}[video]
        parts = [encode(pictures, plan.seconds), *map(film.png, pictures)]
        height, width, _channels = pictures[0].shape
        return {
            "event": "film",
            "return": total,
            "width": width,
            "height": height,
            "states": plan.states,
            "video": film.FORMATS[video],
            "seconds": plan.seconds,
            "speed": plan.speed,
            "steps_per_second": plan.steps_per_second,
            "renderer": scene.renderer,
            # The first picture also prepares the others.
            "drawing": {
                "first_s": clock[0],
                "others_s": sum(clock[1:]),
                "others_cpu_s": sum(processor[1:]),
            },
            "parts": [len(part) for part in parts],
        }, b"".join(parts)

    def _open(self, asked: dict) -> Scene:
        if "files" in asked:
            from promptpo_envs import registered

            registered.FAMILY.learn(asked["files"])
        scene = Scene(asked["environment"], asked["preset"], asked["width"], asked["height"])
        if scene.renderer.startswith(f"{gl.backend()}:") and not self._gl_said:
            self._gl_said = True
            self._say({"event": "gl_works", "id": asked["id"], "renderer": scene.renderer})
        return scene

    def _forget(self, number: int) -> None:
        shot = self._shots.pop(number, None)
        if shot is not None:
            # It may be broken: that it cannot be closed either is no news.
            with contextlib.suppress(Exception):
                shot.scene.close()

    def _say(self, document: dict[str, Any], blob: bytes = b"") -> None:
        self._channel.put_document(document, blob)
        self._channel.send_within(_SEND_SECONDS)


def _actions(blob: bytes, size: int) -> np.ndarray:
    return np.frombuffer(blob, dtype="<f8").reshape(-1, size)


def _error(kind: str, message: str) -> tuple[dict, bytes]:
    return {"event": "error", "kind": kind, "message": message}, b""
