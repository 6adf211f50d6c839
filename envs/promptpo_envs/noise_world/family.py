"""NoiseWorld in the catalogue: ids, specifications, registration.

Imports what computes only when it is asked for, so that registering stays cheap.
"""

from __future__ import annotations

import re
from string import Template
from typing import TYPE_CHECKING, Any

import gymnasium

from promptpo_envs.documents import complete, merged
from promptpo_envs.errors import normalised
from promptpo_envs.families import read_toml

if TYPE_CHECKING:
    from promptpo_envs.noise_world.board import Board

_NUMBERED = re.compile(r"noiseworld([0-6])(v0)?")
_GENERATED = re.compile(r"noiseworldn([1-9]\d?)seed(\d{1,18})(keys)?(v0)?")
_MODULE = "promptpo_envs.noise_world.environment"


class NoiseWorlds:
    """Boards ``NoiseWorld0`` to ``NoiseWorld6``, and generated ones.

    A generated board's id is ``NoiseWorld-n8-seed7``, or ``NoiseWorld-n8-seed7-keys`` with keys.
    Gymnasium has a registry and no patterns: ``promptpo/NoiseWorld-n8-seed7-v0`` is registered
    there once the id was asked for here, and ``promptpo/NoiseWorldGenerated-v0`` with ``seed=``,
    ``n=`` and ``keys=`` always is.
    """

    def ids(self) -> list[str]:
        return [f"NoiseWorld{number}" for number in range(7)]

    def match(self, wanted: str) -> str | None:
        form = normalised(wanted)
        if numbered := _NUMBERED.fullmatch(form):
            return f"NoiseWorld{numbered[1]}"
        if generated := _GENERATED.fullmatch(form):
            name = f"NoiseWorld-n{int(generated[1])}-seed{int(generated[2])}"
            return name + "-keys" if generated[3] else name
        return None

    def specification(self, name: str, preset: str) -> dict[str, Any]:
        board = self._board(name)
        content = read_toml(__package__, "noise_world.toml")
        with_keys, references = content.pop("keys"), content.pop("references")
        if board.keys:
            content = merged(content, with_keys)
        content = _filled(content, _values(board, preset))
        content |= {
            "id": name,
            "gymnasium_id": self._registered(name),
            "family": "noise_world",
            "title": f"NoiseWorld, {_described(name, board)}",
            "preset": preset,
            "horizon": board.horizon,
            "observation": _observation(board, content.pop("fields"), content.pop("flags")),
            "references": _references(board, preset, references.get(name, {}).get(preset)),
            "board": _picture(board),
        }
        return complete(content)

    def make(self, name: str, preset: str, **options: Any) -> gymnasium.Env:
        return gymnasium.make(self._registered(name), preset=preset, **options)

    def register(self) -> None:
        for name in self.ids():
            self._registered(name)
        if "promptpo/NoiseWorldGenerated-v0" not in gymnasium.registry:
            _register("promptpo/NoiseWorldGenerated-v0", "generate", {})

    def _registered(self, name: str) -> str:
        """The name in Gymnasium's registry, registered if it was not."""
        gymnasium_id = f"promptpo/{name}-v0"
        if gymnasium_id not in gymnasium.registry:
            if numbered := _NUMBERED.fullmatch(normalised(name)):
                _register(gymnasium_id, "numbered", {"number": int(numbered[1])})
            else:
                seed, n, keys = _generated(name)
                _register(gymnasium_id, "generate", {"seed": seed, "n": n, "keys": keys})
        return gymnasium_id

    def _board(self, name: str) -> Board:
        from promptpo_envs.noise_world.board import numbered_board
        from promptpo_envs.noise_world.generation import generate_board

        if numbered := _NUMBERED.fullmatch(normalised(name)):
            return numbered_board(int(numbered[1]))
        seed, n, keys = _generated(name)
        return generate_board(seed, n, keys)


def _register(gymnasium_id: str, constructor: str, arguments: dict[str, Any]) -> None:
    # Steps take about a microsecond: Gymnasium's checking wrappers would cost more than the task.
    gymnasium.register(
        gymnasium_id,
        entry_point=f"{_MODULE}:{constructor}",
        order_enforce=False,
        disable_env_checker=True,
        kwargs=arguments,
    )


def _generated(name: str) -> tuple[int, int, bool]:
    match = _GENERATED.fullmatch(normalised(name))
    return int(match[2]), int(match[1]), bool(match[3])


def _described(name: str, board: Board) -> str:
    if numbered := _NUMBERED.fullmatch(normalised(name)):
        return f"board {numbered[1]} ({board.n} x {board.n})"
    return f"generated board ({board.n} x {board.n}, seed {board.seed})"


def _values(board: Board, preset: str) -> dict[str, str]:
    from promptpo_envs.noise_world.dynamics import death_reward, goal_reward

    return {
        "n": str(board.n),
        "cells": str(board.n * board.n),
        "last": str(board.n - 1),
        "horizon": str(board.horizon),
        "goal_whole": f"{goal_reward(board.n, preset):.0f}",
        "death_whole": f"{death_reward(board.n, preset):.0f}",
        "goal": f"{goal_reward(board.n, preset):.1f}",
        "death": f"{death_reward(board.n, preset):.1f}",
    }


def _filled(value: Any, values: dict[str, str]) -> Any:
    if isinstance(value, str):
        return Template(value).substitute(values)
    if isinstance(value, dict):
        return {key: _filled(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, values) for item in value]
    return value


def _observation(
    board: Board, fields: list[dict[str, Any]], flags: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    from promptpo_envs.noise_world.board import Cell

    named = {field["name"]: field for field in fields}
    highest = Cell.SECOND_KEY if board.keys else Cell.DEATH
    named["cells"] |= {"shape": [board.n, board.n], "high": int(highest)}
    return [*named.values(), *(flags if board.keys else [])]


def _references(
    board: Board, preset: str, stored: dict[str, float] | None
) -> dict[str, dict[str, Any]]:
    """References of the numbered boards are stored; those of a generated board are computed."""
    if stored is None:
        from promptpo_envs.noise_world.oracle import solve

        solution = solve(board, preset)
        stored = {"random": solution.random, "best": solution.optimal}
    source = "dynamic programming over the horizon, probabilities known"
    return {
        which: {"value": stored[which], "kind": "exact", "source": f"{policy}: {source}"}
        for which, policy in (("random", "uniformly random policy"), ("best", "optimal policy"))
    }


def _picture(board: Board) -> dict[str, Any]:
    from promptpo_envs.noise_world.board import CELL_NAMES

    present = sorted(set(board.codes.ravel().tolist()))
    return {
        "codes": board.codes.tolist(),
        "start": list(board.start),
        "goal": list(board.goal),
        "names": {str(code): name for code, name in CELL_NAMES.items() if int(code) in present},
    }
