"""The frames between a worker and a policy's process: raw little-endian float64, fixed sizes.

Step request: ``[sequence | K flags | K seeds | K rows of the observation frame]``.
Step reply: ``[sequence | code | K rows of the action]``; code FAILED is followed by one document.
A document is a 4-byte big-endian length and that many bytes of UTF-8 JSON; the task that opens a
conversation and the reason that ends one travel so.
"""

from __future__ import annotations

import json
import os
import struct

IDLE, ACT, LOAD = 0.0, 1.0, 2.0
"""Flags of a slot: nothing to do; act; a new episode starts: load and construct, no action yet.

A frame that loads asks for no actions, so that a process that dies is known to have died loading.
"""

OK, FAILED = 0.0, 1.0
"""Codes of a reply."""

LENGTH = struct.Struct(">I")
DOCUMENT_LIMIT = 65_536
"""Bytes of a document that a policy's process may send."""


def request_size(slots: int, observation: int) -> int:
    """Number of float64 in a step request."""
    return 1 + 2 * slots + slots * observation


def reply_size(slots: int, action: int) -> int:
    """Number of float64 in a step reply."""
    return 2 + slots * action


def encode_document(document: object) -> bytes:
    """The bytes of one document."""
    body = json.dumps(document).encode("utf-8")
    return LENGTH.pack(len(body)) + body


def read_exactly(fd: int, size: int) -> bytes:
    """Read ``size`` bytes from a blocking descriptor; EOFError when the other side is gone."""
    parts = []
    while size:
        part = os.read(fd, min(size, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def read_document(fd: int) -> dict:
    """Read one document from a blocking descriptor (the policy's side; its worker is trusted)."""
    (length,) = LENGTH.unpack(read_exactly(fd, LENGTH.size))
    return json.loads(read_exactly(fd, length))


def write_all(fd: int, data: bytes | memoryview) -> None:
    """Write all of ``data`` to a blocking descriptor."""
    view = memoryview(data).cast("B")
    while view:
        view = view[os.write(fd, view) :]
