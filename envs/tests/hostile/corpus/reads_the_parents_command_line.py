# outcome: FORBIDDEN load
import os

raise ValueError(open(f"/proc/{os.getppid()}/cmdline").read())
