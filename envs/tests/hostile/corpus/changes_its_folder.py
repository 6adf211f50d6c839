# outcome: FORBIDDEN load
import os

os.chdir("@HERE@")
