"""Five thousand candidates, a tenth of them hostile, one after the other: nothing grows."""

from __future__ import annotations

import os
import random
import tempfile

import psutil
import pytest
from promptpo_rollout.local import Engine
from test_corpus import CORPUS, LIMITS, SEEDS, descriptors, filled

CANDIDATES = 5000
WARMING = 500
BATCH = 50
GROWTH = 1.05

POLICIES = (
    "class P:\n    def act(self, obs):\n        return int(obs.pole_angle > 0)\n",
    "import random\nclass P:\n    def act(self, obs):\n        return random.randrange(2)\n",
    "import numpy as np\nclass P:\n    def act(self, obs):\n        return np.random.randint(2)\n",
    "class P:\n    def __init__(self):\n        self.seen = []\n"
    "    def act(self, obs):\n        self.seen.append(obs)\n        return len(self.seen) % 2\n",
)
# What waits until the clock on the wall ends it would take a day.
SLOW = "# wall: yes"


def memory(pool: psutil.Process) -> float:
    """MiB that the pool, its workers and their templates hold to themselves."""
    processes = [pool, *pool.children(recursive=True)]
    return sum(process.memory_full_info().uss for process in processes) / 2**20


def temporary_files() -> set[str]:
    """What lies in the temporary folder of this user's engines."""
    return {entry for entry in os.listdir(tempfile.gettempdir()) if "promptpo" in entry}


@pytest.mark.slow
def test_nothing_grows_over_five_thousand_candidates(tmp_path):
    files = {name: tmp_path / name for name in ("CANARY", "KEYS", "RUN")}
    for path in files.values():
        path.write_text("as it was")
    sources = [text for path in CORPUS if SLOW not in (text := path.read_text())]
    hostile = [filled(text, files) for text in sources if "# role: feedback" not in text]
    assert len(hostile) > 100
    draw = random.Random(0)
    with Engine(workers=2) as engine:
        pool = psutil.Process(engine.client.hello["pid"])
        counts = []
        outcomes: dict[str, int] = {}
        for start in range(0, CANDIDATES, BATCH):
            if start in (WARMING, CANDIDATES - BATCH):
                counts.append(
                    (descriptors(engine), len(pool.children(recursive=True)), memory(pool))
                )
            if start == WARMING:
                files_then = temporary_files()
            asked = [request(draw, hostile, number) for number in range(start, start + BATCH)]
            for document, _blob in engine.run_all(asked, timeout_s=600):
                ended = document.get("kind", document.get("outcome", document["event"]))
                outcomes[ended] = outcomes.get(ended, 0) + 1
        counts.append((descriptors(engine), len(pool.children(recursive=True)), memory(pool)))
        print(f"\n{sum(outcomes.values())} candidates: {outcomes}")
        for name, value in zip(
            ("descriptors", "processes", "MiB"), zip(*counts, strict=True), strict=True
        ):
            print(f"{name}: {value}")
        assert sum(outcomes.values()) == CANDIDATES and "error" not in outcomes
        first, *later = counts
        for count in later:
            assert count[:2] == first[:2]
            assert count[2] <= GROWTH * first[2]
        assert temporary_files() <= files_then
    assert all(path.read_text() == "as it was" for path in files.values())


def request(draw: random.Random, hostile: list[str], number: int) -> dict:
    """Every tenth candidate is hostile."""
    source = draw.choice(hostile) if number % 10 == 9 else draw.choice(POLICIES)
    return {
        "type": "rollout",
        "environment": "CartPole-v1",
        "source": source,
        "seeds": [draw.randrange(2**32) for _ in SEEDS],
        "limits": LIMITS,
    }
