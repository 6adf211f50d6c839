"""Start the template: ``python -s -S -P -B promptpo_policy/__main__.py FD LEVEL NUMPY_PARENT``.

``-S`` keeps site-packages off the path, so that a policy sees the standard library and NumPy only.
The template is given where NumPy lives and takes that folder off the path again once it is loaded.
"""

import os
import sys

if __name__ == "__main__":
    folders = [sys.argv[3], os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]
    standard = [folder for folder in sys.path if os.path.isdir(folder)]
    sys.path[:] = standard + folders
    from promptpo_policy import template

    template.main(socket_fd=int(sys.argv[1]), level=sys.argv[2], standard_library=standard)
