"""The processes of the engine: ``python promptpo_rollout/__main__.py pool|worker ...``."""

import os
import sys

if __name__ == "__main__":
    # Python puts this package's own folder first, where its modules would be found by bare names.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if sys.argv[1] == "pool":
        from promptpo_rollout import pool

        pool.main(sys.argv[2:])
    elif sys.argv[1] == "worker":
        from promptpo_rollout import worker

        worker.main(sys.argv[2:])
    else:
        sys.exit(f"expected `pool` or `worker`; it was {sys.argv[1]!r}")
