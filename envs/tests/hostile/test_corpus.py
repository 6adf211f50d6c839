"""Hostile and broken policies and Feedback classes, one file each: each ends as its header says and
changes nothing else.

Header of a file in ``corpus``: ``# outcome: KIND PHASE`` (kinds may be joined by ``|``), or
``# outcome: same`` where it completes with the returns (the summaries) of the honest one, or
``# outcome: completed`` where it completes with others. ``# message:``, ``# traceback:`` and
``# summary:`` are searched for as regular expressions; ``# wall: yes`` where the clock on the wall
decides. ``# role: feedback`` for a Feedback class; ``# environment:``; ``# machine:`` for machine
code; a limit's name sets that limit. ``@CANARY@``, ``@KEYS@``, ``@RUN@``, ``@HOME@``, ``@HERE@``,
``@ENVS@``, ``@SITE@`` and ``@NULL@`` are filled in. What a file writes it names ``MARK...``.
"""

from __future__ import annotations

import json
import os
import platform
import re
import tempfile
import time
from pathlib import Path

import numpy
import promptpo_envs
import psutil
import pytest
from promptpo_rollout.local import Engine

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.py"))
SEEDS = range(5)
LIMITS = {
    **{"cpu_s_load": 2.0, "cpu_s_step": 1.0, "cpu_s_feedback": 1.0},
    **{"wall_s": 20.0, "memory_mb": 256},
}
SECRET = "b1c5-seen-by-nobody"
MARK = "promptpo-hostile"
HONEST = """
class CartPolePolicy:
    def act(self, obs):
        return int(obs.pole_angle > 0)
"""
# Measured once; on CartPole the honest policy's returns are whole numbers, so they hold anywhere.
HONEST_RETURNS = [41.0, 51.0, 35.0, 36.0, 25.0]
HONEST_FEEDBACK = """
class Feedback:
    def summarize_trajectory(self, traj):
        return f"{len(traj)} {sum(obs.pole_angle for obs in traj).hex()}"
"""


class Honest:
    """What honest code gets from an engine: to be the same after each hostile file."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.result, self.trace = engine.rollout("CartPole-v1", HONEST, SEEDS, trace=True)
        self.summaries = self.summarised()["summaries"]
        engine.rollout("MountainCarContinuous-v0", HONEST, SEEDS)  # made once, kept by the worker

    def summarised(self, source: str = HONEST_FEEDBACK, **options: object) -> dict:
        shape = self.result["trace"]
        return self.engine.feedback("CartPole-v1", source, shape, self.trace, **options)


@pytest.fixture(scope="module")
def engine():
    os.environ["PROMPTPO_TEST_SECRET"] = os.environ["GEMINI_API_KEY"] = SECRET
    try:
        with Engine(workers=1) as engine:
            yield engine
    finally:
        del os.environ["PROMPTPO_TEST_SECRET"], os.environ["GEMINI_API_KEY"]


@pytest.fixture(scope="module")
def honest(engine):
    return Honest(engine)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A canary, a file of keys and a run's folder, by their placeholders."""
    folder = tmp_path_factory.mktemp("canary")
    contents = {"CANARY": "canary.txt", "KEYS": "keys.env", "RUN": "runs/first/events.jsonl"}
    paths = {}
    for name, path in contents.items():
        paths[name] = folder / path
        paths[name].parent.mkdir(parents=True, exist_ok=True)
        paths[name].write_text(f"{name} {SECRET}")
    return paths


def test_the_corpus_has_a_hundred_files_and_more():
    assert len(CORPUS) >= 100
    assert len({path.read_text() for path in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_ends_as_its_header_says_and_leaves_nothing(engine, honest, files, path):
    text = path.read_text()
    header = dict(re.findall(r"^# (\w+): (.*)$", text, re.MULTILINE))
    if header.get("machine", platform.machine()) != platform.machine():
        pytest.skip(f"machine code for {header['machine']}")
    source = filled(text, files)
    limits = {name: float(header.get(name, value)) for name, value in LIMITS.items()}
    limits |= {"cpu_s_episode": float(header["cpu_s_episode"])} if "cpu_s_episode" in header else {}
    before = descriptors(engine)

    if header.get("role") == "feedback":
        result = honest.summarised(source, limits=limits)
        expected = "summaries", honest.summaries
    else:
        environment = header.get("environment", "CartPole-v1")
        result = engine.rollout(environment, source, SEEDS, limits=limits)
        expected = "returns", HONEST_RETURNS

    if header["outcome"] in ("same", "completed"):
        assert result["outcome"] == "completed", result
        if header["outcome"] == "same":
            assert result[expected[0]] == expected[1]
        for summary in result.get("summaries", ()):
            assert re.search(header.get("summary", ""), summary, re.DOTALL), summary
            assert len(summary) <= 2000
            assert summary.replace("\n", "").isprintable()
    else:
        kinds, phase = header["outcome"].split()
        assert result["outcome"] == "failed", result
        assert result["kind"] in kinds.split("|"), result
        assert result["phase"] == phase, result
        assert re.search(header.get("message", ""), result["message"]), result
        assert re.search(header.get("traceback", ""), result["traceback"]), result
        assert result["message"].isprintable()
        assert result["traceback"].replace("\n", "").isprintable()
        assert len(result["message"]) <= 400 and len(result["traceback"]) <= 6000
        assert result["episode"] in range(-1, len(SEEDS))
        assert result.get("wall", False) == (header.get("wall") == "yes")
    assert SECRET not in json.dumps(result)
    for name, file in files.items():
        assert file.read_text() == f"{name} {SECRET}"
    assert left_behind(files) == []
    assert processes(engine) == ["pool", "template", "worker"]
    assert descriptors(engine) == before
    after = engine.rollout("CartPole-v1", HONEST, SEEDS)
    assert after["returns"] == HONEST_RETURNS
    assert after["actions_digest"] == honest.result["actions_digest"]
    if header.get("role") == "feedback":
        assert honest.summarised()["summaries"] == honest.summaries


def filled(text: str, files: dict[str, Path]) -> str:
    """The source with its placeholders filled in."""
    values = {name: str(path) for name, path in files.items()} | {
        "HOME": str(Path.home()),
        "HERE": str(Path.cwd()),
        "ENVS": str(Path(promptpo_envs.__file__).parent.parent),
        "SITE": str(Path(numpy.__file__).parent.parent),
        "NULL": "\0",
    }
    return re.sub("@([A-Z]+)@", lambda match: values[match[1]], text)


def left_behind(files: dict[str, Path]) -> list[Path]:
    """What a hostile file has written where it could: its own files carry a mark."""
    canary = files["CANARY"]
    places = (tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm", "/", Path.home(), Path.cwd())
    found = [path for place in places for path in Path(place).glob(f"*{MARK}*")]
    kept = {canary, files["KEYS"], canary.parent / "runs"}
    return found + [path for path in canary.parent.iterdir() if path not in kept]


def descriptors(engine: Engine) -> list[int]:
    """How many descriptors the pool, its worker and the template hold."""
    pool = psutil.Process(engine.client.hello["pid"])
    processes = [pool, *pool.children(recursive=True)]
    return sorted(process.num_fds() for process in processes)


def test_descriptors_do_not_grow(engine):
    before = descriptors(engine)
    for source in ("import os; os._exit(1)", HONEST, "x ="):
        for _ in range(5):
            engine.rollout("CartPole-v1", source, SEEDS)
    assert descriptors(engine) == before


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
