"""One policy's episodes, advanced in lock-step: the worker's side of a rollout.

Up to K episodes advance together, one frame a step for all of them, since a switch between
processes costs more than the arithmetic. A slot whose episode is over takes the next seed. What an
episode returns depends on its seed alone, not on K or its neighbours (lifetime ``episode``); at
lifetime ``candidate`` one object goes through the episodes in order.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable

import numpy as np
from promptpo_policy import frames

from promptpo_rollout.environments import ActionSpace, Environment, Environments
from promptpo_rollout.outcome import Failure
from promptpo_rollout.policy_process import PolicyProcess, Template, Watch
from promptpo_rollout.request import RolloutRequest

_PROGRESS_SECONDS = 0.25


class Rollout:
    """The state of one rollout; ``run`` it once.

    ``steps`` counts the environment's steps so far, also where the rollout fails.
    """

    def __init__(
        self,
        request: RolloutRequest,
        environments: Environments,
        report: Callable[[int, int], None],
    ) -> None:
        self._request = request
        self._report = report
        self._specification = environments.specification(request.environment, request.preset)
        self._space = ActionSpace(self._specification["action"])
        self._episodes: list[_Episode] = []
        self._live: list[_Episode | None] = [None] * request.lockstep
        self._copies = environments.copies(request.environment, request.preset, request.lockstep)
        self.steps = 0
        self.policy_cpu_seconds = 0.0

    def run(self, template: Template, watch: Watch) -> tuple[dict, bytes]:
        """The fields of a completed result and its trace; raises Failure or Cancelled."""
        limits, count = self._request.limits, len(self._request.seeds)
        total = count * limits.cpu_for_episode(self._told_cpu_seconds())
        policy = template.fork(limits, total, watch)
        try:
            self._converse(policy)
        finally:
            self.policy_cpu_seconds = policy.end().cpu_seconds
        return self._result()

    def place(self, slot: int) -> tuple[int, int]:
        """Episode and step that a slot is at; -1 and -1 if the slot is unknown or idle.

        Where the slot is unknown (-1) and only one episode is under way, it is that one.
        """
        live = [number for number, episode in enumerate(self._live) if episode is not None]
        if slot == -1 and len(live) == 1:
            slot = live[0]
        if 0 <= slot < len(self._live) and self._live[slot] is not None:
            episode = self._live[slot]
            return episode.index, len(episode.rewards)
        return -1, -1

    def _converse(self, policy: PolicyProcess) -> None:
        request, slots = self._request, self._request.lockstep
        told, width = self._told_cpu_seconds(), self._specification["observation_size"]
        cpu_s_load = request.limits.cpu_for_load(told)
        cpu_s_step = request.limits.cpu_for_step(told)
        outgoing = np.zeros(frames.request_size(slots, width))
        flags, seeds = outgoing[1 : 1 + slots], outgoing[1 + slots : 1 + 2 * slots]
        rows = outgoing[1 + 2 * slots :].reshape(slots, width)
        incoming = np.zeros(frames.reply_size(slots, self._space.size))
        actions = incoming[2:].reshape(slots, self._space.size)
        into = memoryview(incoming).cast("B")
        policy.allow("load", cpu_s_load)
        policy.write(frames.encode_document(self._task()))
        for slot in range(slots):
            self._begin(slot, flags, seeds, rows)

        def exchange() -> None:
            outgoing[0] += 1
            policy.write(outgoing)
            policy.read_into(into)
            self._check(policy, incoming, int(outgoing[0]))

        reported = time.monotonic()
        while True:
            live = [slot for slot in range(slots) if self._live[slot] is not None]
            if not live:
                return
            fresh = [slot for slot in live if flags[slot] == frames.LOAD]
            if fresh:
                asked = flags.copy()
                flags[asked != frames.LOAD] = frames.IDLE
                policy.allow("load", cpu_s_load, len(fresh))
                exchange()
                flags[:] = asked
                flags[fresh] = frames.ACT
            policy.allow("act", cpu_s_step, len(live))
            exchange()
            for slot in live:
                self._advance(slot, actions[slot], flags, seeds, rows)
            if time.monotonic() - reported > _PROGRESS_SECONDS:
                reported = time.monotonic()
                self._report(self.steps, sum(episode.over for episode in self._episodes))

    def _told_cpu_seconds(self) -> float:
        """CPU seconds an episode that the policy's author was told of."""
        return self._specification["limits"]["cpu_seconds"]

    def _task(self) -> dict:
        request, specification = self._request, self._specification
        told = self._told_cpu_seconds()
        return {
            "role": "policy",
            "source": request.source,
            "policy_class": request.policy_class or specification.get("policy_class", ""),
            "slots": request.lockstep,
            "lifetime": request.lifetime,
            "cpu_s_load": request.limits.cpu_for_load(told),
            "cpu_s_step": request.limits.cpu_for_step(told),
            "specification": seen_by_policy(specification, request.anonymous),
        }

    def _begin(self, slot: int, flags: np.ndarray, seeds: np.ndarray, rows: np.ndarray) -> None:
        index = len(self._episodes)
        if index == len(self._request.seeds):
            self._live[slot] = None
            flags[slot] = frames.IDLE
            return
        seed = self._request.seeds[index]
        episode = _Episode(index, self._copies[slot], self._request.trace)
        self._episodes.append(episode)
        self._live[slot] = episode
        flags[slot] = frames.LOAD
        seeds[slot] = policy_seed(seed)
        rows[slot] = episode.reset(seed)

    def _advance(
        self,
        slot: int,
        sent: np.ndarray,
        flags: np.ndarray,
        seeds: np.ndarray,
        rows: np.ndarray,
    ) -> None:
        episode = self._live[slot]
        action = self._space.taken(sent)
        if action is None:
            raise Failure(
                "BAD_ACTION",
                "act",
                f"act returned {sent.tolist()}; expected {self._space.expected()}",
                slot=slot,
            )
        self.steps += 1
        frame = episode.step(action)
        if not math.isfinite(episode.rewards[-1]):
            raise Failure(
                "EXCEPTION",
                "act",
                f"the environment's reward became {episode.rewards[-1]} after the action "
                f"{action.tolist()}: its simulation broke down under these actions",
                slot=slot,
            )
        if episode.over:
            self._begin(slot, flags, seeds, rows)
        else:
            flags[slot] = frames.ACT
            rows[slot] = frame

    def _check(self, policy: PolicyProcess, reply: np.ndarray, sequence: int) -> None:
        if reply[0] != sequence or reply[1] not in (frames.OK, frames.FAILED):
            raise policy.protocol_failure(
                f"its reply says ({reply[0]:g}, {reply[1]:g}) where ({sequence}, 0 or 1) belongs"
            )
        if reply[1] == frames.FAILED:
            raise policy.failure_of(policy.read_document())

    def _result(self) -> tuple[dict, bytes]:
        episodes = self._episodes
        returns = [episode.total for episode in episodes]
        successes = [episode.success for episode in episodes]
        by_success = self._specification.get("score") == "success"
        scores = [float(bool(success)) for success in successes] if by_success else returns
        digest = hashlib.sha256()
        for episode in episodes:
            digest.update(np.asarray(episode.actions, dtype="<f8").tobytes())
        fields = {
            "returns": returns,
            "lengths": [len(episode.rewards) for episode in episodes],
            "successes": successes,
            "score": sum(scores) / len(scores),
            "actions_digest": digest.hexdigest(),
        }
        if not self._request.trace:
            return fields, b""
        fields["trace"] = {
            "rows": fields["lengths"],
            "observation": self._specification["observation_size"],
            "action": self._space.size,
        }
        return fields, b"".join(episode.trace() for episode in episodes)


class _Episode:
    """One episode: its environment, and what has happened."""

    def __init__(self, index: int, environment: Environment, traced: bool) -> None:
        self.index = index
        self.rewards: list[float] = []
        self.actions: list[np.ndarray] = []
        self.total = 0.0
        self.success: bool | None = None
        self.over = False
        self._environment = environment
        self._frames: list[np.ndarray] | None = [] if traced else None

    def reset(self, seed: int) -> np.ndarray:
        self._frame = self._environment.reset(seed)
        return self._frame

    def step(self, action: np.ndarray) -> np.ndarray:
        if self._frames is not None:
            self._frames.append(np.array(self._frame))
        step = self._environment.step(action)
        self.actions.append(action.reshape(-1))
        self.rewards.append(step.reward)
        self.total += step.reward
        if step.success is not None:
            self.success = bool(self.success) or step.success
        self.over = step.over
        self._frame = step.frame
        return step.frame

    def trace(self) -> bytes:
        rows = np.column_stack(
            [np.array(self._frames), np.array(self.actions), np.array(self.rewards)]
        )
        return np.ascontiguousarray(rows, dtype="<f8").tobytes()


def seen_by_policy(specification: dict, anonymous: bool = False) -> dict:
    """The part of a specification that a policy's process is given.

    Anonymous: the fields of an observation are o0, o1, ... in their order, the actions a0, a1, ...,
    and units, bounds of observations and meanings are left out, as in the prompts of that form.
    """
    keys = ("observation", "observation_size", "vector_size", "action")
    seen = {key: specification[key] for key in keys}
    if anonymous:
        layout = ("start", "stop", "shape", "extra")
        seen["observation"] = [
            {"name": f"o{number}", **{key: field[key] for key in layout if key in field}}
            for number, field in enumerate(specification["observation"])
        ]
        action = dict(specification["action"])
        action["names"] = [f"a{number}" for number in range(len(action.get("names", ())))]
        action.pop("units", None)
        seen["action"] = action
    return seen


def policy_seed(seed: int) -> int:
    """What an episode's policy seeds its `random` and `numpy.random` with: 32 bits.

    A digest, so that a policy does not learn the seed of its environment's noise.
    """
    digest = hashlib.sha256(b"promptpo policy randomness %d" % seed).digest()
    return int.from_bytes(digest[:4], "big")
