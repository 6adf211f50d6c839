"""The object that a policy sees: the specification's fields as attributes, and ``vector``."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping, Sequence

import numpy as np

OBSERVATION_FILE = "observation.py"


def observation_factory(
    fields: Sequence[Mapping], vector_size: int
) -> Callable[[np.ndarray], object]:
    """Make the constructor of observation objects from a specification's field table.

    The constructor takes one frame, a float64 array that it owns (the vector, then the extra
    fields). A field of shape [] is a Python float; one with a shape is an array, a view of the
    frame; ``vector`` is the frame without the extra fields. The constructor is generated as
    source, because it runs at each step of each episode.
    """
    names = [field["name"] for field in fields]
    for name in names:
        if not name.isidentifier() or keyword.iskeyword(name) or name == "vector":
            raise ValueError(f"an observation field cannot be named {name!r}")
    slots = (*dict.fromkeys(names), "vector")
    lines = ["def __init__(self, frame):", f"    self.vector = frame[:{vector_size}]"]
    scalars = [field["start"] for field in fields if not field["shape"]]
    first = min(scalars, default=0)
    if scalars:
        lines.append(f"    values = frame[{first}:{max(scalars) + 1}].tolist()")
    for field in fields:
        start, stop, shape = field["start"], field["stop"], tuple(field["shape"])
        if not shape:
            value = f"values[{start - first}]"
        elif len(shape) == 1:
            value = f"frame[{start}:{stop}]"
        else:
            value = f"frame[{start}:{stop}].reshape({shape!r})"
        lines.append(f"    self.{field['name']} = {value}")
    scope: dict = {}
    exec(compile("\n".join(lines), OBSERVATION_FILE, "exec"), scope)  # our own text only

    def shown(self: object) -> str:
        values = (f"{name}={getattr(self, name, '?')}" for name in dict.fromkeys(names))
        return f"Observation({', '.join(values)})"

    body = {"__slots__": slots, "__init__": scope["__init__"], "__repr__": shown}
    return type("Observation", (), body)
