"""The process that draws (``serve``), and what can draw on this machine (``check``)."""

import json
import os
import sys

if __name__ == "__main__":
    # Python puts this package's own folder first, where its modules would be found by bare names.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if sys.argv[1] == "serve":
        from promptpo_render import process

        process.main(sys.argv[2:])
    elif sys.argv[1] == "check":
        from promptpo_render import gl

        print(json.dumps(gl.find(os.environ)._asdict()))
    else:
        sys.exit(f"expected `serve` or `check`; it was {sys.argv[1]!r}")
