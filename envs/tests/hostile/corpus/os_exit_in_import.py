# outcome: PROCESS_DIED load
# message: exit code 0
import os

os._exit(0)
