"""Executes one notebook and prints what a reader wants to know from it.

``python -m promptpo_notebook NOTEBOOK FOLDER [--kernel NAME] [--timeout SECONDS]``
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from promptpo_notebook import outputs
from promptpo_notebook.execution import CellFailed, KernelFailed, execute
from promptpo_notebook.progress import CellProgress

# Cells with these tags hold the results that are worth a line in a terminal.
SHOWN_TAGS = ("rounds", "heldout")


def main() -> int:
    """Executes the notebook; 0 when every cell did, 1 when one failed."""
    parser = argparse.ArgumentParser(prog="python -m promptpo_notebook", description=__doc__)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("folder", type=Path, help="where the executed notebook and pictures go")
    parser.add_argument("--kernel", default="promptpo-java")
    parser.add_argument("--timeout", type=float, default=1800.0, help="seconds for one cell")
    asked = parser.parse_args()

    start = time.monotonic()
    asked.folder.mkdir(parents=True, exist_ok=True)
    failure = ""
    progress = CellProgress(sys.stderr)
    notebook = outputs.read(asked.notebook)
    try:
        execute(notebook, asked.notebook.parent, asked.kernel, asked.timeout, progress)
    except (CellFailed, KernelFailed) as error:
        failure = str(error)
    finally:
        progress.close()
    executed, page = outputs.write(notebook, asked.folder, asked.notebook.stem)
    pictures = outputs.write_pictures(notebook, asked.folder)

    for text in outputs.texts_of_tagged(notebook, SHOWN_TAGS):
        print(f"\n{text}")
    print(f"\nnotebook  {executed}\npage      {page}")
    for picture in pictures:
        print(f"picture   {picture}")
    sys.stdout.flush()
    if failure:
        print(f"promptpo: {failure}", file=sys.stderr)
        return 1
    print(f"executed in {time.monotonic() - start:.1f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
