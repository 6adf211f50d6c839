"""Text of generated code, made fit to be shown: on a terminal, in a prompt, in a ledger."""

from __future__ import annotations

_REPLACEMENT = "\ufffd"


def plain(text: str) -> str:
    """``text`` with U+FFFD for what is neither printable nor a line break or a tab.

    A policy chooses its exceptions' messages and a Feedback its summaries. Escape sequences would
    reach the user's terminal; half a surrogate pair has no UTF-8; marks that turn the direction of
    writing let a line read other than it is.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else _REPLACEMENT for c in text)
