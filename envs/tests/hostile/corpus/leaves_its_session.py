# outcome: FORBIDDEN load
import os

os.setsid()
