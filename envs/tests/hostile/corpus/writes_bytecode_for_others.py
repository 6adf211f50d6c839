# outcome: FORBIDDEN load
# Poisons what the next process would import.
import json
import os

open(os.path.join(os.path.dirname(json.__file__), "promptpo-hostile.py"), "w").write("0")
