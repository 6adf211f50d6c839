"""Runs a notebook's cells in a kernel of its own."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any, Protocol

from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class CellFailed(Exception):
    """A cell raised an error or took too long; the message shows the cell and the error."""


class KernelFailed(Exception):
    """The kernel did not start, or died."""


class Observer(Protocol):
    """Is told how far the execution is."""

    def begins(self, number: int, total: int, source: str) -> None:
        """Cell ``number`` of ``total`` starts."""

    def shows(self, text: str) -> None:
        """The cell at work put out or updated this text."""

    def ends(self) -> None:
        """The cell at work ended."""


class _Client(NotebookClient):
    """A client that tells an observer about cells and about what they show while they work."""

    def __init__(self, notebook: NotebookNode, observer: Observer, **settings: Any) -> None:
        super().__init__(notebook, **settings)
        self._observer = observer
        self._code_cells = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
        self.on_cell_execute = self._begins
        self.on_cell_executed = lambda **_: self._observer.ends()

    def _begins(self, cell: NotebookNode, cell_index: int) -> None:
        if cell_index in self._code_cells:
            number = self._code_cells.index(cell_index) + 1
            self._observer.begins(number, len(self._code_cells), cell.source)

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        content = msg["content"]
        if msg["msg_type"] in ("display_data", "update_display_data"):
            self._observer.shows(content.get("data", {}).get("text/plain", ""))
        elif msg["msg_type"] == "stream":
            self._observer.shows(content.get("text", ""))
        return super().process_message(msg, cell, cell_index)


def execute(
    notebook: NotebookNode, folder: Path, kernel: str, timeout: float, observer: Observer
) -> None:
    """Executes all cells in order, in ``folder``, and leaves their outputs in the notebook.

    :raises CellFailed: a cell failed; the cells after it were not executed
    :raises KernelFailed: there was no kernel to execute them
    """
    client = _Client(
        notebook,
        observer,
        kernel_name=kernel,
        timeout=timeout,
        startup_timeout=120,
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        client.execute()
    except asyncio.CancelledError as error:
        raise KeyboardInterrupt from error
    except AssertionError as error:
        # What the client says when it is interrupted twice over: by then it has ended the kernel.
        if client.km is None:
            raise KeyboardInterrupt from error
        raise
    except CellExecutionError as error:
        raise CellFailed(_describe(notebook, error)) from error
    except CellTimeoutError as error:
        raise CellFailed(f"a cell took longer than {timeout:.0f} s and was stopped") from error
    except (DeadKernelError, NoSuchKernel, RuntimeError) as error:
        raise KernelFailed(f"the kernel '{kernel}' did not answer: {error}") from error


def _describe(notebook: NotebookNode, error: CellExecutionError) -> str:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, start=1):
        for output in cell.outputs:
            if output.output_type == "error":
                trace = _COLOUR.sub("", "\n".join(output.traceback))
                where = f"cell {number} of {len(code)} failed: {output.ename}: {output.evalue}"
                return "\n".join([where, *_indented(cell.source), "  ----", *_indented(trace)])
    return f"a cell failed: {error.ename}: {error.evalue}"


def _indented(text: str, most: int = 40) -> list[str]:
    lines = text.splitlines()
    shown = [f"    {line}" for line in lines[:most]]
    return shown if len(lines) <= most else [*shown, f"    ... {len(lines) - most} more lines"]
