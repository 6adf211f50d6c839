"""What can be wrong with the name of an environment or of a preset."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

PRESETS = ("paper", "release")


class UnknownEnvironment(LookupError):
    """No environment has this id; the message names the nearest ids."""

    def __init__(self, wanted: str, known: Iterable[str]):
        self.wanted = wanted
        self.nearest = nearest(wanted, known)
        hint = f" Nearest: {', '.join(self.nearest)}." if self.nearest else ""
        super().__init__(
            f"Unknown environment {wanted!r}.{hint}"
            " `./promptpo environments` lists them; any Gymnasium id works too, and your own once"
            " it is registered: Environments.register, or its file in place of the id."
        )


class NotRegistered(LookupError):
    """These are files of a user's own environment that this process was not given."""

    def __init__(self, reference: str):
        name, _, digest = reference.rpartition("@")
        super().__init__(
            f"{name} with the files {digest[:16]} is not registered here: register its file or"
            " folder first, as it was (Environments.register, or the path in place of the id)"
        )


class UnknownPreset(ValueError):
    """The preset is neither ``paper`` nor ``release``."""

    def __init__(self, wanted: str):
        super().__init__(f"Unknown preset {wanted!r}: expected one of {', '.join(PRESETS)}.")


class EnvironmentUnavailable(RuntimeError):
    """The id is known, but the environment cannot be made here; the message says why."""


class NoEpisode(RuntimeError):
    """A step where no episode is under way; the message says what to do."""


def check_preset(preset: str) -> str:
    """Gives back the preset, or raises UnknownPreset."""
    if preset not in PRESETS:
        raise UnknownPreset(preset)
    return preset


def normalised(name: str) -> str:
    """The form in which ids are compared: without case, ``-``, ``_`` and our own namespace."""
    return name.strip().lower().removeprefix("promptpo/").replace("-", "").replace("_", "")


def nearest(wanted: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The ids most like the wanted one, best first, at most ``count``."""
    by_form: dict[str, str] = {}
    for name in known:
        by_form.setdefault(normalised(name), name)
    close = difflib.get_close_matches(normalised(wanted), by_form, n=count, cutoff=0.5)
    return [by_form[form] for form in close]
