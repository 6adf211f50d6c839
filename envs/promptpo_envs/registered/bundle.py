"""The files of an environment of a user's own, as one text that travels with its digest."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from pathlib import Path, PurePosixPath

from promptpo_envs.registered.errors import InvalidEnvironment

MOST_BYTES = 16 << 20
"""Of all files together; a folder that holds more is hardly an environment alone."""
SOURCE_FILE = "environment.py"
SPECIFICATION_FILE = "specification.toml"


class Bundle:
    """Files by their name, relative to where they lay and with ``/`` between folders.

    ``text`` is canonical JSON: ``{"files": {name: content}}``, keys sorted, no spaces, characters
    beyond ASCII as they are; a content is a string, or ``{"base64": ...}`` where it is no UTF-8.
    ``digest`` is the SHA-256 of that text in UTF-8.
    """

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = dict(sorted(files.items()))
        self.text = json.dumps(
            {"files": {name: _written(content) for name, content in self.files.items()}},
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
        )
        self.digest = hashlib.sha256(self.text.encode("utf-8")).hexdigest()

    @classmethod
    def of_source(cls, source: str, specification: str = "") -> Bundle:
        """One module, and its specification (TOML) if there is one."""
        if "\n" not in source.strip() and source.strip().endswith((".py", "/")):
            raise InvalidEnvironment(
                f"expected Python source, got {source.strip()!r}: a file or folder is registered"
                f' as a path, Environments.register(Path.of("{source.strip()}"))'
            )
        files = {SOURCE_FILE: _encoded(source, "the source")}
        if specification.strip():
            files[SPECIFICATION_FILE] = _encoded(specification, "the specification")
        return cls(files)

    @classmethod
    def of_path(cls, path: Path) -> Bundle:
        """A Python file with the TOML file of its name, a folder, or a bundle's text in a file."""
        if path.is_dir():
            return cls(_folder(path))
        if not path.is_file():
            raise InvalidEnvironment(
                f"expected a Python file or a folder with one; there is no {path}"
            )
        content = path.read_bytes()
        if path.suffix == ".py":
            beside = path.with_suffix(".toml")
            more = {beside.name: beside.read_bytes()} if beside.is_file() else {}
            return cls({path.name: content} | more)
        try:
            return cls.of_text(content.decode("utf-8"))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise InvalidEnvironment(
                f"expected a Python file (.py), a folder with one, or what a run kept of it;"
                f" {path} is none of these"
            ) from None

    @classmethod
    def of_text(cls, text: str) -> Bundle:
        """What ``text`` gave; ValueError, KeyError or TypeError for anything else."""
        files = {}
        for name, content in json.loads(text)["files"].items():
            parts = PurePosixPath(name).parts
            if not parts or name.startswith("/") or ".." in parts:
                raise ValueError(f"{name!r} is no file inside a folder")
            files[name] = _read(content)
        return cls(files)

    def unpack(self, folder: Path) -> None:
        """Writes the files below a folder."""
        for name, content in self.files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)

    @property
    def main(self) -> str:
        """The file whose environment it is; InvalidEnvironment where that is not clear."""
        sources = [name for name in self.files if "/" not in name and name.endswith(".py")]
        for name in ("__init__.py", SOURCE_FILE):
            if name in sources:
                return name
        if len(sources) == 1:
            return sources[0]
        found = ", ".join(sources) if sources else "none"
        raise InvalidEnvironment(
            f"expected one Python file in the folder, or {SOURCE_FILE} or __init__.py among"
            f" several; found {found}"
        )

    @property
    def specification(self) -> str | None:
        """The name of the specification file, if there is one; InvalidEnvironment if unclear."""
        found = [name for name in self.files if "/" not in name and name.endswith(".toml")]
        if SPECIFICATION_FILE in found:
            return SPECIFICATION_FILE
        if len(found) > 1:
            raise InvalidEnvironment(
                f"expected one TOML file, or {SPECIFICATION_FILE} among several;"
                f" found {', '.join(found)}"
            )
        return found[0] if found else None


def _folder(folder: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    size = 0
    for file in sorted(folder.rglob("*")):
        parts = file.relative_to(folder).parts
        if any(part.startswith(".") or part == "__pycache__" for part in parts):
            continue
        if file.is_file():
            size += file.stat().st_size
            if size > MOST_BYTES:
                raise InvalidEnvironment(
                    f"expected a folder of at most {MOST_BYTES >> 20} MiB, since all of it goes"
                    f" to the workers and into the run; {folder} holds more: register a folder"
                    " with the environment's own files only"
                )
            files["/".join(parts)] = file.read_bytes()
    return files


def _encoded(text: str, what: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as problem:
        raise InvalidEnvironment(f"{what} holds half a character: {problem}") from None


def _written(content: bytes) -> str | dict[str, str]:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode("ascii")}


def _read(content: str | dict[str, str]) -> bytes:
    if isinstance(content, str):
        return content.encode("utf-8")
    try:
        return base64.b64decode(content["base64"], validate=True)
    except binascii.Error as problem:
        raise ValueError(str(problem)) from None
