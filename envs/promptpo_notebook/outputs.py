"""What an executed notebook leaves behind: itself, a page, its pictures, its texts."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

_PICTURE_KINDS = (("image/svg+xml", "svg"), ("image/png", "png"), ("image/jpeg", "jpg"))


def read(path: Path) -> NotebookNode:
    """Reads a notebook, without the outputs that an earlier execution may have left."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
    return notebook


def write(notebook: NotebookNode, folder: Path, stem: str) -> tuple[Path, Path]:
    """Writes the notebook and an HTML page of it that loads nothing from elsewhere; gives both
    paths.
    """
    # Loading it takes a second, which the execution need not wait for.
    from nbconvert import HTMLExporter

    executed = folder / f"{stem}.ipynb"
    nbformat.write(notebook, executed)
    exporter = HTMLExporter(embed_images=True)
    # The template's scripts lie on other servers; the pages need none of them.
    blank = {"mathjax_url": "", "require_js_url": "", "jquery_url": "", "mermaid_js_url": ""}
    for name, value in blank.items():
        if exporter.has_trait(name):
            setattr(exporter, name, value)
    page, _ = exporter.from_notebook_node(notebook)
    html = folder / f"{stem}.html"
    html.write_text(without_remote_scripts(page), encoding="utf-8")
    return executed, html


def without_remote_scripts(page: str) -> str:
    """The page without scripts and style sheets that a browser would fetch from elsewhere."""
    page = re.sub(r"<script[^>]*\ssrc=\"[^\"]*\"[^>]*>\s*</script>", "", page)
    page = re.sub(r"<script type=\"module\">.*?</script>", "", page, flags=re.DOTALL)
    return re.sub(r"<link[^>]*\shref=\"https?:[^>]*>", "", page)


def write_pictures(notebook: NotebookNode, folder: Path) -> list[Path]:
    """Writes each picture that a cell shows to files named after the cell's first tag: one for
    each form that it has, as a vector picture and as a bitmap.
    """
    for kind in {ending for _, ending in _PICTURE_KINDS}:
        for stale in folder.glob(f"picture-*.{kind}"):
            stale.unlink()
    written = []
    for number, (tag, data) in enumerate(_shown_pictures(notebook), start=1):
        for kind, ending in _PICTURE_KINDS:
            if kind in data:
                name = f"picture-{number:02d}{'-' + tag if tag else ''}.{ending}"
                path = folder / name
                path.write_bytes(_content(data[kind], kind))
                written.append(path)
    return written


def texts_of_tagged(notebook: NotebookNode, tags: Sequence[str]) -> Iterator[str]:
    """The plain texts that the cells with these tags show, in the notebook's order."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and set(tags) & set(cell.metadata.get("tags", [])):
            yield from (text for text in map(_plain, cell.outputs) if text)


def _shown_pictures(notebook: NotebookNode) -> Iterable[tuple[str, NotebookNode]]:
    kinds = {kind for kind, _ in _PICTURE_KINDS}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        tag = next(iter(cell.metadata.get("tags", [])), "")
        for output in cell.outputs:
            if kinds & set(output.get("data", {})):
                yield re.sub(r"[^A-Za-z0-9-]+", "-", tag), output.data


def _content(data: str | list[str], kind: str) -> bytes:
    text = data if isinstance(data, str) else "".join(data)
    return text.encode("utf-8") if kind == "image/svg+xml" else base64.b64decode(text)


def _plain(output: NotebookNode) -> str:
    text = output.get("data", {}).get("text/plain", "") or output.get("text", "")
    return (text if isinstance(text, str) else "".join(text)).rstrip()
