"""What a step depends on, and a digest of it that is cheap to check.

A stamp keeps two digests: the *listing* (names, sizes and modification times) and the *key* (the
contents). While the listing is as it was, the contents are not read.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Inputs:
    """Values and files that a step's result depends on; files are named relative to ``root``."""

    root: Path
    values: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Path, ...] = ()

    def listing(self) -> str:
        """Digest of the values and of each file's name, size and modification time."""
        digest = _digest_of(self.values)
        for file in self.files:
            status = file.stat()
            _add(digest, self._name(file), str(status.st_size), str(status.st_mtime_ns))
        return digest.hexdigest()

    def key(self) -> str:
        """Digest of the values and of each file's name and content."""
        digest = _digest_of(self.values)
        for file in self.files:
            _add(digest, self._name(file), hashlib.sha256(file.read_bytes()).hexdigest())
        return digest.hexdigest()

    def _name(self, file: Path) -> str:
        return os.path.relpath(file, self.root)


def files_below(folders: Iterable[Path], suffixes: tuple[str, ...] = ()) -> Iterator[Path]:
    """All files below the folders, sorted by name; with one of the suffixes, if any are given."""
    for folder in folders:
        found = []
        for parent, children, names in os.walk(folder):
            children[:] = [c for c in children if c != "__pycache__" and not c.startswith(".")]
            found += [Path(parent, name) for name in names if name.endswith(suffixes or "")]
        yield from sorted(found)


def _digest_of(values: Mapping[str, str]) -> hashlib._Hash:
    digest = hashlib.sha256()
    for name in sorted(values):
        _add(digest, name, values[name])
    return digest


def _add(digest: hashlib._Hash, *parts: str) -> None:
    for part in parts:
        encoded = part.encode("utf-8", "surrogateescape")
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
