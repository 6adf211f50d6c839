"""What stops a command: one clear line, and what to do."""

from __future__ import annotations


class Stop(Exception):
    """Ends the command with a message on standard error and an exit code."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


class StepFailed(Stop):
    """A step of the set-up failed; the message says which, shows its last lines and what to do."""
