"""``docs/driving-a-run.md`` does what it says: its cells, in their order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_add_an_environment_page import blocks
from test_kernel_protocol import Kernel, home, write_spec

PAGE = Path(__file__).resolve().parents[2] / "docs" / "driving-a-run.md"
TIMEOUT_S = 240


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory, place: Path):
    specs = tmp_path_factory.mktemp("kernels")
    variables = {
        "PROMPTPO_HOME": str(home()),
        "PROMPTPO_VENV": sys.prefix,
        "PROMPTPO_RUNS": str(place / "runs"),
    }
    write_spec(specs, "java-driving", variables)
    before = Path.cwd()
    os.chdir(place)  # where the cells' paths begin
    try:
        running = Kernel(specs, "java-driving")
    finally:
        os.chdir(before)
    try:
        yield running
    finally:
        running.stop()


def test_the_cells_show_what_the_page_says(kernel: Kernel) -> None:
    found = blocks(PAGE.read_text("utf-8"))
    shown = 0
    for number, block in enumerate(found):
        if block.label != "java":
            continue
        reply = kernel.run(block.text, timeout=TIMEOUT_S)
        assert reply.status == "ok", f"{block.text}\n{reply.content.get('evalue')}"
        assert reply.text("stderr") == "", block.text
        after = found[number + 1] if number + 1 < len(found) else None
        if after is not None and after.label == "text":
            assert reply.result["text/plain"].strip() == after.text.strip(), block.text
            shown += 1
    assert shown == sum(block.label == "text" for block in found)
    assert shown >= 6


PLAY = """
import json, sys
import gymnasium, promptpo_envs
sys.path.insert(0, "exported")
from noiseworld0_policy import load

environment = gymnasium.make("promptpo/NoiseWorld0-v0")
model = load()
returns = []
for seed in map(int, sys.argv[1:]):
    observation, _ = environment.reset(seed=seed)
    model.reset()
    total, over = 0.0, False
    while not over:
        action, _ = model.predict(observation)
        observation, reward, terminated, truncated, _ = environment.step(action)
        total, over = total + reward, terminated or truncated
    returns.append(total)
print(json.dumps(returns))
"""


def test_the_exported_policy_plays_as_it_did_in_the_run(kernel: Kernel, place: Path) -> None:
    """It comes after the page: the policy that the page exports, on its run's own episodes."""
    cell = (
        "var rows = Tables.episodes(run); "
        "rows = rows.where(rows.intColumn(1).isEqualTo(2).and(rows.intColumn(2).isEqualTo(4))"
        '.and(rows.stringColumn("purpose").isEqualTo("search"))); '
        'rows.longColumn("seed").asList() + ";" + own.returns()'
    )
    seeds, returns = kernel.run(cell).result["text/plain"].split(";")
    played = subprocess.run(
        [sys.executable, "-c", PLAY, *seeds.strip("[]").split(", ")],
        cwd=place,
        env=os.environ | {"PYTHONPATH": str(home() / "envs")},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert played.returncode == 0, played.stderr
    assert json.loads(played.stdout) == json.loads(returns)
    assert len(json.loads(returns)) == 3
