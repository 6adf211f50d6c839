"""What a policy may use. The defaults are here and nowhere else.

CPU time is the policy process's own, so that a busy machine fails nobody. Wall time is only a
backstop for a process that waits for ever: ``wall_s`` plus ten times the CPU limit of what it was
asked; an outcome decided by it carries ``"wall": true`` and may be tried once more.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

from promptpo_rollout.outcome import BadRequest

CPU_SLACK = 3.0
"""How much more CPU time a policy gets than its author was told: processors differ, and a policy
that kept to the limit on one must not fail on another."""


@dataclasses.dataclass(frozen=True)
class Limits:
    """Limits of one policy or Feedback process."""

    cpu_s_load: float | None = None
    """CPU seconds to execute the source and construct the object, each episode. None: 5, or all
    that the specification tells the policy's author of an episode, where that is more."""
    cpu_s_step: float | None = None
    """CPU seconds of one call of ``act``. None: 2, or all that the author was told, as above."""
    cpu_s_episode: float | None = None
    """CPU seconds an episode, loading included; all episodes of a process share their sum. None:
    what the specification tells the policy's author, times ``CPU_SLACK``."""
    cpu_s_feedback: float = 10.0
    """CPU seconds of one call of ``summarize_trajectory``."""
    wall_s: float = 30.0
    """Wall seconds granted to any answer, and to all answers of a process together, on top of ten
    times the CPU limit of the one or of all."""
    memory_mb: int = 1024
    """MiB of address space on top of the interpreter's and NumPy's own."""

    @classmethod
    def of(cls, given: Mapping[str, object]) -> Limits:
        """Limits from a request; what is absent has its default. Raises BadRequest."""
        names = {field.name for field in dataclasses.fields(cls)}
        for name, value in given.items():
            if name not in names:
                raise BadRequest(f"unknown limit {name!r}; known are {', '.join(sorted(names))}")
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not number or not math.isfinite(value) or value <= 0:
                raise BadRequest(f"the limit {name} must be a number above 0; it was {value!r}")
        return cls(**given)

    def cpu_for_load(self, told: float = 0.0) -> float:
        """CPU seconds to load, where the author was told ``told`` s an episode: who is told of
        nothing but the sum may spend it all at once, in a constructor that plans or trains."""
        return max(5.0, told) if self.cpu_s_load is None else self.cpu_s_load

    def cpu_for_step(self, told: float = 0.0) -> float:
        """CPU seconds of one call of ``act``, where the author was told ``told`` s an episode."""
        return max(2.0, told) if self.cpu_s_step is None else self.cpu_s_step

    def cpu_for_episode(self, told: float) -> float:
        """CPU seconds an episode, where the policy's author was told ``told``."""
        return CPU_SLACK * told if self.cpu_s_episode is None else self.cpu_s_episode

    def wall_for(self, cpu_seconds: float) -> float:
        """Wall seconds for an answer that may take ``cpu_seconds`` of CPU time."""
        return self.wall_s + 10 * cpu_seconds
