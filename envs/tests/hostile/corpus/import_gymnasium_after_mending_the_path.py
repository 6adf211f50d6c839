# outcome: FORBIDDEN load
import os
import sys

import numpy

sys.path.append(os.path.dirname(os.path.dirname(numpy.__file__)))
import gymnasium
