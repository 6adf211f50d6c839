# outcome: FORBIDDEN load
import os

os.setuid(0)
