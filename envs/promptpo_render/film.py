"""A film of an episode: which of its states are shown and for how long, as GIF or as MP4."""

from __future__ import annotations

import io
import itertools
import math
import subprocess
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image

FORMATS = {"gif": "image/gif", "mp4": "video/mp4"}

_SMOOTH_SECONDS = 1 / 30
"""A step shorter than this is not shown by itself."""
_SLOWEST_SECONDS = 1 / 20
"""Where states are left out, the film goes faster rather than jerkily."""
_WITHOUT_TIME_SECONDS = 20.0
"""At most so long where steps are no time."""
_LAST_SECONDS = 1.0
"""How long the end stands before the film begins again."""
_FASTEST_GIF_SECONDS = 0.02
"""Browsers slow down a GIF that asks for less."""

_GIF_BYTES = 3_000_000
_GIF_COLOURS = 128
_GIF_SAMPLES = 12


class Schedule(NamedTuple):
    """Which states are shown: numbers from 0 (before the first step) to the number of steps."""

    states: list[int]
    """The last one is always the end."""
    seconds: float
    """How long each is shown, but the last."""
    speed: float | None
    """Simulated seconds in a second of the film; None where steps are no time."""
    steps_per_second: float


def schedule(
    steps: int, most: int, seconds_per_step: float | None, steps_per_second: float
) -> Schedule:
    """Shows an episode at its own speed where ``most`` pictures can, else faster."""
    every = max(1, math.ceil(steps / max(1, most - 1)))
    if seconds_per_step is None:
        longest = _WITHOUT_TIME_SECONDS / max(1, steps)
        seconds = max(_SMOOTH_SECONDS, every * min(1 / steps_per_second, longest))
    else:
        every = max(every, math.ceil(_SMOOTH_SECONDS / seconds_per_step - 1e-9))
        seconds = every * seconds_per_step
        if seconds > _SLOWEST_SECONDS:
            seconds = max(_SLOWEST_SECONDS, seconds_per_step)
    states = [*range(0, steps, every), steps]
    speed = None if seconds_per_step is None else every * seconds_per_step / seconds
    return Schedule(states, seconds, speed, every / seconds)


def png(picture: np.ndarray) -> bytes:
    """A picture, uint8 (height, width, 3), as PNG."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "PNG", compress_level=1)
    return out.getvalue()


def video_format() -> str:
    """``mp4`` where imageio-ffmpeg is installed, else ``gif``."""
    try:
        import imageio_ffmpeg

        imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError):
        return "gif"
    return "mp4"


def gif(pictures: Sequence[np.ndarray], seconds: float, most_bytes: int = _GIF_BYTES) -> bytes:
    """Pictures as an animated GIF that repeats, the last of them for a second.

    One palette for all frames and no dithering, so that what stands still costs nothing and does
    not flicker. Where it would be larger than ``most_bytes``, pictures are left out evenly and the
    others stand longer.
    """
    palette = _palette(pictures)
    every = max(1, math.ceil(_FASTEST_GIF_SECONDS / seconds - 1e-9))
    while True:
        shown = _thinned(pictures, every)
        data = _gif(shown, every * seconds, palette)
        if len(data) <= most_bytes or len(shown) <= 2:
            return data
        # A little more than in proportion: frames further apart differ by more.
        every = max(every + 1, math.ceil(1.05 * every * len(data) / most_bytes))


def mp4(pictures: Sequence[np.ndarray], seconds: float) -> bytes:
    """Pictures as H.264 in MP4, the last of them for a second.

    Needs imageio-ffmpeg. In fragments, so that it is written to a pipe: no file is left whatever
    happens.
    """
    import imageio_ffmpeg

    height, width, _channels = pictures[0].shape
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin"),
        *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}"),
        *("-framerate", f"{1 / seconds:.6f}", "-i", "pipe:0"),
        # Half the colour in each direction is what players know; it needs even sizes.
        *("-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p"),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-threads", "1"),
        *("-movflags", "frag_keyframe+empty_moov+default_base_moof", "-f", "mp4", "pipe:1"),
    ]
    held = round(_LAST_SECONDS / seconds)
    raw = b"".join(picture.tobytes() for picture in pictures)
    raw += pictures[-1].tobytes() * max(0, held - 1)
    made = subprocess.run(command, input=raw, capture_output=True, check=False)
    if made.returncode != 0 or not made.stdout:
        lines = made.stderr.decode("utf-8", "replace").strip().splitlines() or ["nothing said"]
        raise RuntimeError(f"ffmpeg ended with {made.returncode}: {lines[-1]}")
    return made.stdout


def _thinned(pictures: Sequence[np.ndarray], every: int) -> list[np.ndarray]:
    kept = list(pictures[:-1:every]) if len(pictures) > 1 else []
    return [*kept, pictures[-1]]


def _palette(pictures: Sequence[np.ndarray]) -> Image.Image:
    """The colours of some of the pictures, in a palette.

    A colour counts by the root of how often it is there: a goal of twenty pixels keeps its own.
    """
    chosen = pictures[:: max(1, len(pictures) // _GIF_SAMPLES)]
    pixels = np.concatenate([picture[::2, ::2].reshape(-1, 3) for picture in chosen])
    codes = (pixels.astype(np.uint32) >> 2) @ np.array([1 << 12, 1 << 6, 1], dtype=np.uint32)
    _codes, first, counts = np.unique(codes, return_index=True, return_counts=True)
    sample = np.repeat(pixels[first], np.ceil(np.sqrt(counts)).astype(int), axis=0)
    return Image.fromarray(sample[np.newaxis]).quantize(
        _GIF_COLOURS, method=Image.Quantize.MEDIANCUT
    )


def _gif(pictures: Sequence[np.ndarray], seconds: float, palette: Image.Image) -> bytes:
    frames = [
        Image.fromarray(picture).quantize(palette=palette, dither=Image.Dither.NONE)
        for picture in pictures
    ]
    # A GIF counts in hundredths: the moments are rounded, so that the sum is right.
    moments = [round(100 * number * seconds) for number in range(len(frames))]
    lengths = [10 * (after - before) for before, after in itertools.pairwise(moments)]
    out = io.BytesIO()
    frames[0].save(
        out,
        "GIF",
        save_all=True,
        append_images=frames[1:],
        duration=[*lengths, round(1000 * _LAST_SECONDS)],
        loop=0,
        optimize=True,
        disposal=1,
    )
    return out.getvalue()
