"""Hostile and broken policies, one file each, end as their header says and change nothing else.

Header of a file in ``corpus``: ``# outcome: KIND PHASE`` (kinds may be joined by ``|``), or
``# outcome: same`` where the policy completes with the returns of the honest one; ``# message:``
and ``# traceback:`` are searched for as regular expressions; ``# environment:``;
``# cpu_s_step:``; ``# wall: yes``.
``@CANARY@``, ``@ENVS@`` and ``@NULL@`` are filled in.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import promptpo_envs
import psutil
import pytest
from promptpo_rollout.local import Engine

CORPUS = Path(__file__).parent / "corpus"
SEEDS = range(5)
LIMITS = {"cpu_s_load": 0.4, "cpu_s_step": 0.3, "wall_s": 1.0, "memory_mb": 256}
HONEST = """
class CartPolePolicy:
    def act(self, obs):
        return int(obs.pole_angle > 0)
"""
# Measured once; on CartPole the honest policy's returns are whole numbers, so they hold anywhere.
HONEST_RETURNS = [41.0, 51.0, 35.0, 36.0, 25.0]


@pytest.fixture(scope="module")
def engine():
    os.environ["PROMPTPO_TEST_SECRET"] = "seen by nobody"
    try:
        with Engine(workers=1) as engine:
            yield engine
    finally:
        del os.environ["PROMPTPO_TEST_SECRET"]


@pytest.fixture(scope="module")
def honest_digest(engine):
    return engine.rollout("CartPole-v1", HONEST, SEEDS)["actions_digest"]


@pytest.fixture(scope="module")
def canary(tmp_path_factory):
    path = tmp_path_factory.mktemp("canary") / "canary.txt"
    path.write_text("alive")
    return path


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.py")), ids=lambda path: path.stem)
def test_ends_as_its_header_says_and_leaves_nothing(engine, honest_digest, canary, path):
    text = path.read_text()
    header = dict(re.findall(r"^# (\w+): (.*)$", text, re.MULTILINE))
    source = text.replace("@CANARY@", str(canary)).replace("@NULL@", "\0")
    source = source.replace("@ENVS@", str(Path(promptpo_envs.__file__).parent.parent))

    limits = LIMITS | {"cpu_s_step": float(header.get("cpu_s_step", LIMITS["cpu_s_step"]))}

    result = engine.rollout(header.get("environment", "CartPole-v1"), source, SEEDS, limits=limits)

    if header["outcome"] == "same":
        assert result["outcome"] == "completed", result
        assert result["returns"] == HONEST_RETURNS
    else:
        kinds, phase = header["outcome"].split()
        assert result["outcome"] == "failed", result
        assert result["kind"] in kinds.split("|"), result
        assert result["phase"] == phase, result
        assert re.search(header.get("message", ""), result["message"]), result
        assert re.search(header.get("traceback", ""), result["traceback"]), result
        assert "\n" not in result["message"]
        assert len(result["message"]) <= 400 and len(result["traceback"]) <= 6000
        assert result.get("wall", False) == (header.get("wall") == "yes")
    assert canary.read_text() == "alive"
    assert list(canary.parent.iterdir()) == [canary]
    assert processes(engine) == ["pool", "template", "worker"]
    after = engine.rollout("CartPole-v1", HONEST, SEEDS)
    assert after["returns"] == HONEST_RETURNS
    assert after["actions_digest"] == honest_digest


def test_descriptors_do_not_grow(engine):
    trusted = [psutil.Process(engine.client.hello["pid"])]
    trusted += trusted[0].children(recursive=True)
    before = [process.num_fds() for process in trusted]
    for source in ("import os; os._exit(1)", HONEST, "x ="):
        for _ in range(5):
            engine.rollout("CartPole-v1", source, SEEDS)
    assert [process.num_fds() for process in trusted] == before


def processes(engine: Engine) -> list[str]:
    """The roles of the pool's processes, once what has been killed is gone."""
    pool = psutil.Process(engine.client.hello["pid"])
    for _ in range(100):
        roles = sorted(map(role, [pool, *pool.children(recursive=True)]))
        if len(roles) == 3:
            break
        time.sleep(0.01)
    return roles


def role(process: psutil.Process) -> str:
    """``template`` (or a policy, which is its copy), ``worker`` or ``pool``."""
    command = " ".join(process.cmdline())
    marks = {"template": "promptpo_policy/", "worker": "__main__.py worker", "pool": "y pool"}
    return next((name for name, mark in marks.items() if mark in command), command)
