"""The specification document: what every environment's specification file becomes.

A file says each thing once and leaves out what follows from the rest; ``complete`` fills that in,
checks the whole and adds the digest. The finished document holds plain JSON values only.
"""

from __future__ import annotations

import copy
import hashlib
import json
import keyword
import math
import re
from typing import Any

SCHEMA = 1

_KEYS = {
    "schema": int,
    "id": str,
    "gymnasium_id": str,
    "family": str,
    "title": str,
    "preset": str,
    "policy_class": str,
    "horizon": int,
    "discount": float,
    "lifetime": str,
    "score": str,
    "observation": list,
    "observation_size": int,
    "vector_size": int,
    "action": dict,
    "reward": dict,
    "termination": str,
    "context": dict,
    "privileged": bool,
    "drafted": bool,
    "budget": dict,
    "limits": dict,
    "references": dict,
}
_OPTIONAL_KEYS = ("board", "code")
"""A NoiseWorld's board; the digest of the files of an environment that a user registered."""
_FIELD_KEYS = {"name", "start", "stop", "shape", "unit", "low", "high", "meaning", "extra"}
_ACTION_KEYS = {"kind", "n", "names", "units", "shape", "low", "high"}
_REFERENCE_KINDS = ("exact", "protocol", "published", "truncated", "measured")


class InvalidSpecification(ValueError):
    """A specification says too little, too much, or contradicts itself; the message says where."""


def complete(draft: dict[str, Any]) -> dict[str, Any]:
    """The whole document from what a specification file (or a family) says.

    Fills in: schema, discount 1, the preset's lifetime, score ``return``, the policy's class name,
    each field's place in the frame, sizes, empty texts, the study's usual budget (10 candidates,
    5 rounds, 5 episodes), the processor time that a policy is told it has an episode (10 ms a step
    of the horizon, at least a second) and the digest. Raises InvalidSpecification.
    """
    document = copy.deepcopy(draft)
    for key, value in (
        ("schema", SCHEMA),
        ("discount", 1.0),
        ("lifetime", "candidate" if draft.get("preset") == "release" else "episode"),
        ("score", "return"),
        ("drafted", False),
        ("references", {}),
        ("reward", {}),
        ("context", {}),
        ("budget", {}),
        ("limits", {}),
    ):
        document.setdefault(key, value)
    document.setdefault("policy_class", policy_class(document["id"]))
    for key, values in (
        ("reward", {"text": "", "source": ""}),
        ("context", {"observation": "", "policy": "", "exploration": ""}),
        ("budget", {"candidates": 10, "rounds": 5, "episodes": 5}),
        ("limits", {"cpu_seconds": _cpu_seconds(document["horizon"])}),
    ):
        document[key] = values | document[key]
    document["observation"] = _placed(document["observation"])
    extra = [field for field in document["observation"] if field["extra"]]
    document["privileged"] = bool(extra)
    document["observation_size"] = document["observation"][-1]["stop"]
    document["vector_size"] = extra[0]["start"] if extra else document["observation_size"]
    document["action"] = {
        "n": 0,
        "names": [],
        "units": [],
        "shape": [],
        "low": [],
        "high": [],
    } | document["action"]
    for bound in ("low", "high"):
        document["action"][bound] = [_number(value) for value in document["action"][bound]]
    for which, reference in document["references"].items():
        numbers = {key: _number(reference.get(key)) for key in ("value", "low", "high")}
        document["references"][which] = reference | numbers
    _check(document)
    document = {key: document[key] for key in (*_KEYS, *_OPTIONAL_KEYS) if key in document}
    document["digest"] = digest(document)
    return document


def _cpu_seconds(horizon: object) -> float:
    # What has no horizon (or a wrong one, found later) is taken to last a thousand steps.
    return max(1.0, 0.01 * (horizon if isinstance(horizon, int) and horizon > 0 else 1000))


def digest(document: dict[str, Any]) -> str:
    """SHA-256 of the document's canonical JSON without its ``digest``.

    Canonical: UTF-8, keys sorted, no spaces, characters beyond ASCII as they are.
    """
    rest = {key: value for key, value in document.items() if key != "digest"}
    text = json.dumps(
        rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """A copy of ``base`` in which what ``over`` says wins; tables are merged, lists replaced."""
    result = copy.deepcopy(base)
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        else:
            result[key] = copy.deepcopy(value)
    return result


def policy_class(name: str) -> str:
    """The class name asked of a model: ``CartPole-v1`` gives ``CartPolePolicy``."""
    words = re.split(r"[^A-Za-z0-9]+", re.sub(r"-v\d+$", "", name.split("/")[-1]))
    joined = "".join(word[:1].upper() + word[1:] for word in words)
    if not joined or not joined[0].isalpha():
        joined = "Environment" + joined
    return joined + "Policy"


def finite_or_none(value: float) -> float | None:
    """A bound as the document writes it: None where unbounded (or as good as: |x| > 1e30)."""
    number = float(value)
    return number if math.isfinite(number) and abs(number) < 1e30 else None


def _placed(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    position = 0
    placed = []
    for field in fields:
        shape = list(field.get("shape", []))
        stop = position + math.prod(shape)
        placed.append(
            {
                "name": field["name"],
                "start": position,
                "stop": stop,
                "shape": shape,
                "unit": field.get("unit", ""),
                "low": _number(field.get("low")),
                "high": _number(field.get("high")),
                "meaning": field.get("meaning", ""),
                "extra": field.get("extra", False),
            }
        )
        position = stop
    return placed


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _check(document: dict[str, Any]) -> None:
    name = document.get("id", "?")

    def require(condition: bool, message: str) -> None:
        if not condition:
            raise InvalidSpecification(f"Specification of {name}: {message}.")

    for key, kind in _KEYS.items():
        require(key in document, f"{key!r} is missing")
        require(
            type(document[key]) is kind,
            f"{key!r} is {document[key]!r}, expected {kind.__name__}",
        )
    unknown = document.keys() - _KEYS.keys() - {*_OPTIONAL_KEYS, "digest"}
    require(not unknown, f"unknown keys {sorted(unknown)}")
    require(document["schema"] == SCHEMA, f"schema {document['schema']}, expected {SCHEMA}")
    require(document["horizon"] > 0, f"horizon {document['horizon']}, expected 1 or more")
    require(document["lifetime"] in ("episode", "candidate"), f"lifetime {document['lifetime']!r}")
    require(document["score"] in ("return", "success"), f"score {document['score']!r}")

    names = [field["name"] for field in document["observation"]]
    require(len(set(names)) == len(names), f"two observation fields share a name in {names}")
    extras = [field["extra"] for field in document["observation"]]
    require(extras == sorted(extras), "extra fields come after the observation vector")
    for field in document["observation"]:
        good = field["name"].isidentifier() and not keyword.iskeyword(field["name"])
        require(good and field["name"] != "vector", f"bad field name {field['name']!r}")
        require(field.keys() == _FIELD_KEYS, f"field {field['name']} has keys {sorted(field)}")
        require(field["stop"] > field["start"], f"field {field['name']} is empty")

    action = document["action"]
    require(action.keys() == _ACTION_KEYS, f"action has keys {sorted(action)}")
    if action["kind"] == "discrete":
        require(action["n"] == len(action["names"]) > 0, "one name for each discrete action")
    else:
        require(action["kind"] == "box", f"action kind {action['kind']!r}")
        size = math.prod(action["shape"])
        for key in ("names", "units", "low", "high"):
            require(len(action[key]) == size, f"action {key}: {size} expected")
    for which, reference in document["references"].items():
        require(which in ("random", "best"), f"unknown reference {which!r}")
        require(
            reference.keys() == {"value", "low", "high", "kind", "source"},
            f"reference {which} has keys {sorted(reference)}",
        )
        require(reference["kind"] in _REFERENCE_KINDS, f"reference kind {reference['kind']!r}")
