# outcome: FORBIDDEN load
import os

raise ValueError(list(os.scandir("@HERE@")))
