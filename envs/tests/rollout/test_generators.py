"""The generators of an episode: NumPy's own numbers, and in place where code may draw from them."""

import numpy as np
import pytest
from promptpo_policy.drawing import may_draw
from promptpo_policy.randomness import _seeded_mt19937


@pytest.mark.parametrize("seed", [0, 1, 12345, 2**31, 2**32 - 1])
def test_a_generator_starts_where_numpys_starts(seed):
    ours, theirs = _seeded_mt19937(seed), np.random.MT19937(seed)
    assert ours.state["state"]["key"].tolist() == theirs.state["state"]["key"].tolist()
    assert ours.state["state"]["pos"] == theirs.state["state"]["pos"]
    assert ours.random_raw(5).tolist() == theirs.random_raw(5).tolist()


def test_what_is_drawn_from_its_seed_is_what_numpy_draws():
    ours = _seeded_mt19937(7).seed_seq.spawn(2)[1]
    theirs = np.random.SeedSequence(7).spawn(2)[1]
    for words, kind in ((624, np.uint32), (8, np.uint32), (624, np.uint64)):
        assert list(ours.generate_state(words, kind)) == list(theirs.generate_state(words, kind))


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "from random import choice",
        "import numpy as np\nx = np.random.rand()",
        "from numpy.random import default_rng",
        "from numpy import random as r",
        "class P:\n    def act(self, obs):\n        import numpy.random",
        "class P:\n    act = lambda self, obs: [np.random for _ in range(2)]",
        "import numpy.matlib as m\nm.rand(2)",
        "import numpy as np\ngetattr(np, name)()",
        "import numpy as np\nnp.__dict__['ran' + 'dom']",
        "__import__('ran' + 'dom')",
        "exec(text)",
        "import importlib",
        "import statistics",
        "import sys",
        "import operator\noperator.attrgetter(x)(y)",
        "match np:\n    case object(random=r):\n        pass",
        "import collections.abc as c\nc.sys.modules",
    ],
)
def test_code_that_may_reach_a_generator_is_known(source):
    assert may_draw(compile(source, "policy.py", "exec"))


@pytest.mark.parametrize(
    "source",
    [
        "import math\nimport numpy as np\nnp.clip(math.sin(x), -1, 1)",
        "from __future__ import annotations\nfrom dataclasses import dataclass, field",
        "import numpy.linalg\nfrom collections import deque\nfrom typing import Optional",
        "class P:\n    def act(self, obs):\n        return [w @ obs.vector for w in self.weights]",
        "def sample(x): return x.choice",
    ],
)
def test_plain_arithmetic_is_known_too(source):
    assert not may_draw(compile(source, "policy.py", "exec"))
