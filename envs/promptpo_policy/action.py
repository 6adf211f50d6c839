"""From what ``act`` returned to the numbers of a reply frame.

Discrete: a Python or NumPy integer (a bool counts as 0 or 1), or a float that is whole; an array
only if its shape is (). Box: numbers of the space's shape; where the space has one element, a
plain number will do. Anything else is a BadAction that says what was expected and what came.
Limits of a box are the worker's business, since an environment's own step may clip.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

_FLOAT64 = np.dtype(np.float64)


class BadAction(Exception):
    """What ``act`` returned is not an action."""


def action_converter(action: Mapping) -> tuple[Callable[[object], object], int]:
    """The converter for a specification's action space, and the number of float64 of an action.

    The converter gives a float (discrete) or a float64 array (box) with the space's elements in
    order; it raises BadAction. An array that is of the right type and shape already is given as it
    is: whether its numbers are finite, the worker looks in any case.
    """
    if action["kind"] == "discrete":
        return _discrete(int(action["n"])), 1
    shape = tuple(action["shape"])
    return _box(shape), math.prod(shape)


def _discrete(n: int) -> Callable[[object], object]:
    expected = f"an integer from 0 to {n - 1}"

    def convert(value: object) -> float:
        if type(value) is not int:
            value = _integer(value, expected)
        if not 0 <= value < n:
            # More than 4300 digits are not shown by str().
            came = f"{value}" if abs(value) < 10**20 else described(value)
            raise BadAction(f"act returned {came}; expected {expected}")
        return float(value)

    return convert


def _integer(value: object, expected: str) -> int:
    if isinstance(value, np.ndarray) and value.shape == ():
        value = value[()]
    if isinstance(value, (int, np.integer, np.bool_)):
        return int(value)
    if isinstance(value, (float, np.floating)) and math.isfinite(value) and value == int(value):
        return int(value)
    raise BadAction(f"act returned {described(value)}; expected {expected}")


def _box(shape: tuple[int, ...]) -> Callable[[object], object]:
    size = math.prod(shape)
    expected = f"{size} finite numbers of shape {shape}" if shape else "one finite number"

    def convert(value: object) -> np.ndarray:
        if type(value) is np.ndarray and value.dtype is _FLOAT64 and value.shape == shape:
            return value
        try:
            array = np.asarray(value)
        except (ValueError, TypeError) as problem:
            raise BadAction(
                f"act returned {described(value)} ({_line(problem)}); expected {expected}"
            ) from None
        if array.dtype.kind not in "fiub":
            raise BadAction(f"act returned {described(value)}; expected {expected}")
        if array.shape != shape and not (size == 1 and array.shape in ((), (1,))):
            raise BadAction(f"act returned an array of shape {array.shape}; expected {expected}")
        flat = np.asarray(array, dtype=np.float64).reshape(-1)
        if not np.isfinite(flat).all():
            raise BadAction(f"act returned {described(value)}; expected {expected}")
        return flat

    return convert


def described(value: object) -> str:
    """A value and its type in at most about 100 characters, whatever its repr does."""
    if type(value) in (str, bytes, bytearray):
        value = value[:100]
    try:
        text = repr(value)
    except Exception:
        text = "a value that cannot be shown"
    text = " ".join(str(text).split())
    if len(text) > 80:
        text = text[:77] + "..."
    return f"{text} ({type(value).__name__})"


def _line(problem: BaseException) -> str:
    return (str(problem).splitlines() or [""])[0][:120]
