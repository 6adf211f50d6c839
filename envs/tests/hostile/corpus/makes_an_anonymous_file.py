# outcome: FORBIDDEN load
import os

os.memfd_create("promptpo-hostile")
