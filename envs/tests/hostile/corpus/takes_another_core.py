# outcome: FORBIDDEN load
import os

os.sched_setaffinity(0, range(2))
