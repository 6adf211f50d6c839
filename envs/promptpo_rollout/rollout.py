"""One policy's episodes, advanced in lock-step: the worker's side of a rollout.

Up to K episodes advance together, one frame a step for all of them, since a switch between
processes costs more than the arithmetic. A slot whose episode is over takes the next seed. What an
episode returns depends on its seed alone, not on K or its neighbours (lifetime ``episode``); at
lifetime ``candidate`` one object goes through the episodes in order.
"""

from __future__ import annotations

import hashlib
import struct
import time
from collections.abc import Callable, Sequence
from math import isfinite

import numpy as np
from promptpo_policy import frames

from promptpo_rollout.environments import ActionSpace, Environment, Environments
from promptpo_rollout.outcome import Failure
from promptpo_rollout.policy_process import PolicyProcess, Template, Watch
from promptpo_rollout.request import RolloutRequest

_PROGRESS_SECONDS = 0.25
_FLOAT = struct.Struct("<d").pack


class Rollout:
    """The state of one rollout; ``run`` it once."""

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
        slots = request.lockstep
        self._live: list[_Episode | None] = [None] * slots
        self._frame = _Frame(slots, self._specification["observation_size"])
        reply = np.zeros(frames.reply_size(slots, self._space.size))
        # The same memory as numbers, as bytes to be filled, and as rows of actions.
        self._reply = memoryview(reply)
        self._into = self._reply.cast("B")
        self._sent = reply[2:].reshape(slots, self._space.size)
        self._copies = environments.copies(request.environment, request.preset, request.lockstep)
        self.policy_cpu_seconds = 0.0

    @property
    def steps(self) -> int:
        """Steps that the environments have taken so far, also where the rollout fails."""
        return sum(len(episode.rewards) for episode in self._episodes)

    def run(self, template: Template, watch: Watch) -> tuple[dict, bytes]:
        """The fields of a completed result and its trace; raises Failure or Cancelled."""
        limits, count = self._request.limits, len(self._request.seeds)
        total = count * limits.cpu_for_episode(self._told_cpu_seconds())
        policy = template.fork(limits, total, watch)
        try:
            self._converse(policy)
            policy.check_total()
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
        told = self._told_cpu_seconds()
        cpu_s_load = self._request.limits.cpu_for_load(told)
        cpu_s_step = self._request.limits.cpu_for_step(told)
        policy.allow("load", cpu_s_load)
        policy.write(frames.encode_document(self._task()))
        for slot in range(self._request.lockstep):
            self._begin(slot)
        acting = 0
        reported = time.monotonic()
        while live := [slot for slot, episode in enumerate(self._live) if episode is not None]:
            fresh = [slot for slot in live if self._frame.flags[slot] == frames.LOAD]
            if fresh:
                policy.allow("load", cpu_s_load, len(fresh))
                self._load(policy, fresh)
                acting = 0
            if acting != len(live):
                acting = len(live)
                policy.allow("act", cpu_s_step, acting)
            same_episodes = True
            while same_episodes:
                same_episodes = self._act(policy, live)
                if time.monotonic() - reported > _PROGRESS_SECONDS:
                    reported = time.monotonic()
                    policy.check_total()
                    self._report(self.steps, sum(episode.over for episode in self._episodes))

    def _load(self, policy: PolicyProcess, fresh: Sequence[int]) -> None:
        flags = self._frame.flags
        asked = flags.tolist()
        for slot, flag in enumerate(asked):
            if flag != frames.LOAD:
                flags[slot] = frames.IDLE
        self._exchange(policy)
        for slot, flag in enumerate(asked):
            flags[slot] = frames.ACT if slot in fresh else flag

    def _exchange(self, policy: PolicyProcess) -> None:
        reply = self._reply
        sequence, message = self._frame.next()
        policy.exchange(message, self._into)
        if reply[0] != sequence or reply[1] != frames.OK:
            self._refused(policy, sequence)

    def _act(self, policy: PolicyProcess, live: Sequence[int]) -> bool:
        """One step of each live episode; whether none of them ended."""
        self._exchange(policy)
        actions = self._space.each_taken(self._sent)
        rows = self._frame.rows
        going_on = True
        for slot in live:
            action = actions[slot]
            if action is None:
                raise Failure(
                    "BAD_ACTION",
                    "act",
                    f"act returned {self._sent[slot].tolist()}; expected {self._space.expected()}",
                    slot=slot,
                )
            episode = self._live[slot]
            rows[slot] = episode.step(action)
            if not isfinite(episode.total):
                self._check_reward(episode, action, slot)
            if episode.over:
                self._begin(slot)
                going_on = False
        return going_on

    def _check_reward(self, episode: _Episode, action: int | np.ndarray, slot: int) -> None:
        # A sum of finite rewards may pass what a float holds; that is no one's fault.
        reward = episode.rewards[-1]
        if not isfinite(reward):
            raise Failure(
                "EXCEPTION",
                "act",
                f"the environment's reward became {reward} after the action "
                f"{action if isinstance(action, int) else action.tolist()}: its simulation broke "
                "down under these actions",
                slot=slot,
            )

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

    def _begin(self, slot: int) -> None:
        index = len(self._episodes)
        if index == len(self._request.seeds):
            self._live[slot] = None
            self._frame.flags[slot] = frames.IDLE
            return
        seed = self._request.seeds[index]
        width = self._specification["observation_size"]
        episode = _Episode(index, self._copies[slot], width, self._request.trace)
        self._episodes.append(episode)
        self._live[slot] = episode
        self._frame.flags[slot] = frames.LOAD
        self._frame.seeds[slot] = policy_seed(seed)
        self._frame.rows[slot] = episode.reset(seed)

    def _refused(self, policy: PolicyProcess, sequence: int) -> None:
        said, code = self._reply[0], self._reply[1]
        if said != sequence or code != frames.FAILED:
            raise policy.protocol_failure(
                f"its reply says ({said:g}, {code:g}) where ({sequence}, 0 or 1) belongs"
            )
        raise policy.failure_of(policy.read_document())

    def _result(self) -> tuple[dict, bytes]:
        episodes = self._episodes
        returns = [episode.total for episode in episodes]
        successes = [episode.success for episode in episodes]
        by_success = self._specification.get("score") == "success"
        scores = [float(bool(success)) for success in successes] if by_success else returns
        digest = hashlib.sha256()
        for episode in episodes:
            digest.update(episode.actions)
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


class _Frame:
    """The next request frame: the parts of ``frames``, written where they change."""

    def __init__(self, slots: int, width: int) -> None:
        head = memoryview(bytearray(8 * (1 + 2 * slots))).cast("d")
        self._head = head
        self.flags = head[1 : 1 + slots]
        self.seeds = head[1 + slots :]
        self.rows = [bytes(8 * width)] * slots
        self._sequence = 0

    def next(self) -> tuple[int, bytes]:
        """The next sequence number, and the frame that carries it."""
        self._sequence = sequence = self._sequence + 1
        self._head[0] = sequence
        return sequence, b"".join((self._head, *self.rows))


class _Episode:
    """One episode: its environment, and what has happened."""

    __slots__ = (
        *("index", "rewards", "actions", "total", "success", "over"),
        *("_environment", "_bytes", "_frames"),
    )

    def __init__(self, index: int, environment: Environment, width: int, traced: bool) -> None:
        self.index = index
        self.rewards: list[float] = []
        self.actions = bytearray()
        self.total = 0.0
        self.success: bool | None = None
        self.over = False
        self._environment = environment
        self._bytes = 8 * width
        self._frames: list[bytes] | None = [] if traced else None

    def reset(self, seed: int) -> bytes:
        """The first frame."""
        return self._sent(self._environment.reset(seed))

    def step(self, action: int | np.ndarray) -> bytes:
        """The next frame."""
        self.actions += _FLOAT(action) if type(action) is int else action.tobytes()
        frame, reward, self.over, success = self._environment.step(action)
        self.rewards.append(reward)
        self.total += reward
        if success is not None:
            self.success = bool(self.success) or success
        return self._sent(frame)

    def _sent(self, frame: np.ndarray) -> bytes:
        # At once: an environment may write its next observation to the same array.
        sent = frame.tobytes()
        if len(sent) != self._bytes:
            raise ValueError(
                f"an observation has {self._bytes // 8} numbers by the specification; the "
                f"environment gave {frame.size}"
            )
        if self._frames is not None:
            self._frames.append(sent)
        return sent

    def trace(self) -> bytes:
        """Rows of [frame before | action | reward], as bytes."""
        steps = len(self.rewards)
        rows = np.column_stack(
            [
                np.frombuffer(b"".join(self._frames[:steps])).reshape(steps, -1),
                np.frombuffer(self.actions).reshape(steps, -1),
                np.array(self.rewards),
            ]
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
