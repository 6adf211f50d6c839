"""The runs that come with the project: whole, told where they are from, and fit to be shared."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from test_kernel_protocol import class_path, home, java

RUNS = home() / "notebooks" / "runs"
KEPT = sorted(path for path in RUNS.iterdir() if (path / "recording.json").exists())
THE_STUDYS = ("button-press-n10-r3", "point-maze-n10-r3", "reacher-n10-r3", "swimmer-n10-r3")
"""The kept runs of the study's N, R and E; the others are an ablation's."""
FIXTURE = home() / "lib/src/test/resources/dev/promptpo/ledger/fixtures/format-1"

KEYS = re.compile(
    rb"sk-ant-[\w-]{16}|\bsk-[\w-]{20}|\bAIza[\w-]{30}|\bya29\.[\w-]{20}|\bgh[pousr]_\w{20}"
    rb"|\bAKIA[A-Z0-9]{16}\b|\bhf_\w{20}|(?i:\bbearer\s+[\w.~+/-]{16})|-----BEGIN [A-Z ]*PRIVATE"
)
PATHS = re.compile(
    rb"(?<![\w./:-])/(?:home|root|Users|tmp|var|work|mnt|srv|opt|private)/\w|\b[A-Z]:\\\\?Users\b"
)


def problems(run: Path) -> list[str]:
    """What keeps a folder from being a kept run; empty where nothing does."""
    found = []
    names = {path.name for path in run.iterdir()}
    expected = {"run.json", "events.jsonl", "payloads", "recording.json"}
    found += [f"{name} is missing" for name in sorted(expected - names)]
    found += [f"{name} does not belong here" for name in sorted(names - expected)]
    for path in sorted(path for path in run.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if KEYS.search(content):
            found.append(f"{path.name} holds what looks like a key")
        if hit := PATHS.search(content):
            found.append(f"{path.name} holds a machine's path: {hit.group().decode()}…")
    events = [json.loads(line) for line in (run / "events.jsonl").read_text("utf-8").splitlines()]
    if not any(event["type"] == "run_closed" and "ended" not in event for event in events):
        found.append("it is not finished")
    if not any(event["type"] == "evaluation" and event["score"] is not None for event in events):
        found.append("its result was not measured on held-out episodes")
    if "recording.json" in names:
        recording = json.loads((run / "recording.json").read_text("utf-8"))
        for key in ("answered_by", "through", "model", "date"):
            if not recording["provenance"].get(key):
                found.append(f"recording.json does not say {key}")
        document = json.loads((run / "run.json").read_text("utf-8"))
        if not same_settings(recording["run"], document):
            found.append("recording.json is of a run of other settings")
        found += [
            f"recording.json has another prompt or reply of {role} than the run"
            for role in unlike(recording["entries"], events)
        ]
    return found


def same_settings(header: dict[str, Any], document: dict[str, Any]) -> bool:
    """Whether a recording's header is that of the run. One that was written reply by reply
    (``--record``) holds no digest of the settings; all that it does hold is compared.
    """
    named = {name: value for name, value in header.items() if name != "settings_digest"}
    settings = {name: document["settings"][name] for name in named}
    return named == settings and header["settings_digest"] in ("", document["settings_digest"])


def unlike(entries: dict[str, Any], events: list[dict[str, Any]]) -> list[str]:
    """The roles whose prompt or reply is not the same in a recording and in a run's events."""
    there: dict[str, list[str]] = {}
    for event in events:
        if event["type"] == "request_started":
            there[event["role"]] = [event["prompt_payload"], event["fixed_payload"]]
        elif event["type"] == "reply_received" and event["outcome"] == "answer":
            there[event["role"]] += [event["text_payload"]]
    here = {
        role: [entry["prompt"], entry["fixed"], sha256(entry["reply"].encode()).hexdigest()]
        for role, entry in entries.items()
        if "reply" in entry
    }
    return sorted(role for role in there.keys() | here.keys() if there.get(role) != here.get(role))


def promptpo(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """The batch program, started as ``./promptpo`` starts it, without the set-up before it."""
    quick = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    command = [java(), *quick, "-cp", class_path(), "dev.promptpo.cli.Main", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("run", KEPT, ids=lambda run: run.name)
def test_a_kept_run_is_whole_and_says_where_it_is_from(run: Path) -> None:
    assert problems(run) == []
    assert f"`{run.name}`" in (RUNS / "README.md").read_text("utf-8"), "how was it made?"


@pytest.mark.parametrize("run", KEPT, ids=lambda run: run.name)
def test_a_kept_run_opens_and_is_what_was_written(run: Path) -> None:
    verified = promptpo("runs", "verify", run)
    assert verified.returncode == 0, verified.stderr
    assert "are what was written" in verified.stdout
    recorded = promptpo("recordings", "verify", run / "recording.json")
    assert recorded.returncode == 0, recorded.stdout
    shown = promptpo("runs", "show", run)
    assert shown.returncode == 0, shown.stderr
    assert "held-out" in shown.stdout


@pytest.mark.parametrize("name", THE_STUDYS)
def test_the_runs_of_the_studys_size_have_ten_candidates_three_rounds_and_five_episodes(
    name: str,
) -> None:
    settings = json.loads((RUNS / name / "run.json").read_text("utf-8"))["settings"]
    assert (settings["candidates"], settings["rounds"], settings["episodes"]) == (10, 3, 5)
    lines = (RUNS / name / "events.jsonl").read_text("utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    closed = [event["round"] for event in events if event["type"] == "round_closed"]
    assert closed == [1, 2, 3]
    # The last word on a candidate counts, where a rollout was taken back and made again.
    last = {
        (event["round"], event["candidate"]): event
        for event in events
        if event["type"] == "candidate_finished"
    }
    assert last.keys() == {(round, one) for round in (1, 2, 3) for one in range(1, 11)}
    for place, event in last.items():
        assert event["outcome"] == "completed" or event["outcome"] == "failed", place
        assert event["outcome"] == "failed" or len(event["returns"]) == 5, place


@pytest.mark.parametrize("run", KEPT, ids=lambda run: run.name)
def test_git_keeps_every_byte_of_a_kept_run(run: Path) -> None:
    if not (home() / ".git").exists():
        pytest.skip("not a clone: git has no say here")
    for name in ("events.jsonl", "recording.json"):
        asked = subprocess.run(
            ["git", "check-attr", "text", "--", str(run / name)],
            cwd=home(),
            capture_output=True,
            text=True,
            check=True,
        )
        assert asked.stdout.strip().endswith("text: unset")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A run that is almost a kept one: it has no recording."""
    return Path(shutil.copytree(FIXTURE, tmp_path / "run", ignore=lambda *_: ["tables"]))


def test_a_run_without_a_recording_is_no_kept_run(copy: Path) -> None:
    assert problems(copy) == ["recording.json is missing"]


def test_keys_and_paths_are_found_wherever_they_are(copy: Path) -> None:
    prompt, reply, *_ = sorted((copy / "payloads").iterdir())
    prompt.write_text("key: sk-ant-0123456789abcdefXYZ")
    reply.write_text('File "/home/ada/promptpo/policy.py", line 1')
    (copy / "lock").touch()
    assert problems(copy) == [
        "recording.json is missing",
        "lock does not belong here",
        f"{prompt.name} holds what looks like a key",
        f"{reply.name} holds a machine's path: /home/a…",
    ]


def test_a_changed_byte_is_found(copy: Path) -> None:
    assert promptpo("runs", "verify", copy).returncode == 0
    events = copy / "events.jsonl"
    text = events.read_text("utf-8")
    assert '"outcome":"completed"' in text
    events.write_text(text.replace('"outcome":"completed"', '"outcome":"completes"', 1), "utf-8")
    verified = promptpo("runs", "verify", copy)
    assert verified.returncode != 0
    assert "line" in verified.stderr


def test_an_unfinished_run_is_no_kept_run(copy: Path) -> None:
    events = copy / "events.jsonl"
    lines = events.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if json.loads(line)["type"] not in ("run_closed", "evaluation")]
    events.write_text("".join(kept), "utf-8")
    assert "it is not finished" in problems(copy)
    assert "its result was not measured on held-out episodes" in problems(copy)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A copy of a kept run, to be changed."""
    if not KEPT:
        pytest.skip("no run is kept")
    return Path(shutil.copytree(KEPT[0], tmp_path / KEPT[0].name))


def test_a_recording_of_other_replies_or_settings_is_found(kept: Path) -> None:
    file = kept / "recording.json"
    recording = json.loads(file.read_text("utf-8"))
    recording["run"]["seed"] += 1
    recording["entries"]["policy/1/2"]["reply"] += " "
    del recording["entries"]["policy/2/1"]
    file.write_text(json.dumps(recording), "utf-8")
    assert problems(kept) == [
        "recording.json is of a run of other settings",
        "recording.json has another prompt or reply of policy/1/2 than the run",
        "recording.json has another prompt or reply of policy/2/1 than the run",
    ]
    recording["run"]["seed"] -= 1
    recording["run"]["settings_digest"] = "0" * 64
    file.write_text(json.dumps(recording), "utf-8")
    assert "recording.json is of a run of other settings" in problems(kept)
