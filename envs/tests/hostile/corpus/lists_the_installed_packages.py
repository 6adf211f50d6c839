# outcome: FORBIDDEN load
import os

raise ValueError(os.listdir("@SITE@"))
