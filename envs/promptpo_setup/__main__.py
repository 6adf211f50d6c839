"""Entry point of ``python envs/promptpo_setup``."""

import sys
from pathlib import Path

# Run as a folder, Python puts the folder itself on the path; the package's parent belongs there.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from promptpo_setup.commands import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
