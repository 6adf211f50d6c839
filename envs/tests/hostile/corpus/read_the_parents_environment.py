# outcome: FORBIDDEN load
import os

SECRETS = open(f"/proc/{os.getppid()}/environ").read()
