"""Documents with blobs over a stream socket that never blocks.

Wire: 4-byte big-endian length of the header, 4-byte length of the blob, the header (one JSON
document, UTF-8), the blob. Standard library only: the client lives in a JVM's Python.
"""

from __future__ import annotations

import json
import select
import socket
import struct
import time

_LENGTHS = struct.Struct(">II")
HEADER_LIMIT = 64 << 20
BLOB_LIMIT = 1 << 30
_CHUNK = 1 << 18


class WireError(Exception):
    """The other side is gone, or what it sent is no document."""


class Channel:
    """One end of a connection: an outgoing and an incoming buffer over a non-blocking socket."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self._socket = connection
        self._outgoing = bytearray()
        self._incoming = bytearray()

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    @property
    def wants_write(self) -> bool:
        """Whether something waits to be sent."""
        return bool(self._outgoing)

    def put(self, header: str, blob: bytes = b"") -> None:
        """Queue a document and send what the socket takes; WireError if the other side is gone."""
        encoded = header.encode("utf-8")
        if len(encoded) > HEADER_LIMIT or len(blob) > BLOB_LIMIT:
            raise WireError(
                f"a document may have {HEADER_LIMIT} bytes and a blob of {BLOB_LIMIT}; "
                f"this one has {len(encoded)} and {len(blob)}"
            )
        self._outgoing += _LENGTHS.pack(len(encoded), len(blob))
        self._outgoing += encoded
        self._outgoing += blob
        self.send()

    def put_document(self, document: dict, blob: bytes = b"") -> None:
        """Queue a JSON value."""
        self.put(json.dumps(document), blob)

    def send(self) -> None:
        """Send what the socket takes now."""
        while self._outgoing:
            try:
                sent = self._socket.send(memoryview(self._outgoing)[:_CHUNK])
            except BlockingIOError:
                return
            except OSError as problem:
                raise WireError(f"the other side is gone ({problem})") from None
            del self._outgoing[:sent]

    def send_within(self, seconds: float) -> None:
        """Send everything; WireError if that takes longer."""
        deadline = time.monotonic() + seconds
        self.send()
        while self._outgoing:
            left = deadline - time.monotonic()
            if left <= 0:
                raise WireError(f"the other side took nothing for {seconds} s")
            select.select([], [self._socket], [], left)
            self.send()

    def take(self) -> list[tuple[str, bytes]]:
        """Everything that has arrived whole; WireError at the end of the stream."""
        ended = None
        while ended is None:
            try:
                part = self._socket.recv(_CHUNK)
            except BlockingIOError:
                break
            except OSError as problem:
                ended = f"the connection broke ({problem})"
                break
            if not part:
                ended = "the other side closed the connection"
                break
            self._incoming += part
        documents = self._split()
        if ended is not None and not documents:
            raise WireError(ended)
        return documents

    def _split(self) -> list[tuple[str, bytes]]:
        documents = []
        start = 0
        while len(self._incoming) - start >= _LENGTHS.size:
            header, blob = _LENGTHS.unpack_from(self._incoming, start)
            if header > HEADER_LIMIT or blob > BLOB_LIMIT:
                raise WireError(f"the other side announced {header} and {blob} bytes")
            middle = start + _LENGTHS.size + header
            end = middle + blob
            if len(self._incoming) < end:
                break
            text = bytes(self._incoming[start + _LENGTHS.size : middle]).decode("utf-8")
            documents.append((text, bytes(self._incoming[middle:end])))
            start = end
        del self._incoming[:start]
        return documents
