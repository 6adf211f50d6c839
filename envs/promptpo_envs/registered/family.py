"""The family of environments that a user registered."""

from __future__ import annotations

import inspect
import re
import threading
from typing import Any

import gymnasium
from gymnasium.envs.registration import EnvSpec

from promptpo_envs.documents import InvalidSpecification, complete, merged
from promptpo_envs.drafted import DEFAULT_HORIZON, UnsupportedSpaces, action_of, fields_of
from promptpo_envs.errors import PRESETS, NotRegistered, normalised
from promptpo_envs.families import under_preset
from promptpo_envs.registered.bundle import Bundle
from promptpo_envs.registered.contract import check_contract
from promptpo_envs.registered.errors import InvalidEnvironment, told
from promptpo_envs.registered.module import OwnModule

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Own:
    """One environment of a user's own in this process: its files, its class, its documents."""

    def __init__(self, bundle: Bundle, folder: str | None = None) -> None:
        self.bundle = bundle
        self.module = OwnModule(bundle, folder)
        content = self.module.content or {}
        self.id = content.get("id", self.module.environment.__name__.removesuffix("Env"))
        if not isinstance(self.id, str) or not _ID.fullmatch(self.id):
            raise InvalidEnvironment(
                f"{self.id!r} is no id: expected letters, digits, '.', '_' and '-'"
            )
        self._documents: dict[str, dict[str, Any]] = {}

    @property
    def reference(self) -> str:
        """What names exactly this: the id and the digest of its files."""
        return f"{self.id}@{self.bundle.digest}"

    def document(self, preset: str) -> dict[str, Any]:
        """The specification under a preset; what its file leaves out is drafted from the spaces."""
        if preset not in self._documents:
            env = gymnasium.make(self.registration(None))
            try:
                self._documents[preset] = self._completed(env, preset)
            finally:
                env.close()
        return self._documents[preset]

    def make(self, preset: str, **options: Any) -> gymnasium.Env:
        """A new instance, cut at the horizon; the user's class is given the options."""
        return gymnasium.make(self.registration(self.document(preset)["horizon"]), **options)

    def registration(self, horizon: int | None) -> EnvSpec:
        """What Gymnasium makes it from."""

        # A function: Gymnasium copies what it is given, and a method would bring all of this along.
        def instance(**options: Any) -> gymnasium.Env:
            return self._instance(**options)

        return EnvSpec(
            self.gymnasium_id,
            entry_point=instance,
            max_episode_steps=horizon,
            order_enforce=False,
            disable_env_checker=True,
        )

    @property
    def gymnasium_id(self) -> str:
        return f"promptpo/{self.id}"

    def _instance(self, **options: Any) -> gymnasium.Env:
        try:
            return self.module.environment(**options)
        except (Exception, SystemExit) as problem:
            name = self.module.environment.__name__
            raise InvalidEnvironment(
                f"{name}({', '.join(options)}) cannot be made: {told(problem, self.module.folder)}"
            ) from problem

    def _completed(self, env: gymnasium.Env, preset: str) -> dict[str, Any]:
        content = dict(self.module.content or {})
        for name in content.get("presets", {}):
            if name not in PRESETS:
                raise InvalidEnvironment(
                    f"the specification has a preset {name!r}; expected {' or '.join(PRESETS)}"
                )
        draft: dict[str, Any] = {
            "title": _first_line(self.module.environment) or self.id,
            "horizon": DEFAULT_HORIZON,
            "reward": {"text": "The environment's own reward; not described."},
            "termination": "The environment's own rules, or the horizon.",
            "context": {
                "observation": "The meaning of the observation is not described.",
                "policy": "The meaning of the actions is not described.",
            },
        }
        try:
            own = under_preset(content, preset)
            extra = [field["name"] for field in own.get("observation", []) if field.get("extra")]
        except (KeyError, TypeError, AttributeError) as problem:
            raise self._unreadable(problem) from problem
        if extra:
            raise InvalidEnvironment(
                f"the specification of {self.id} has the extra fields {', '.join(extra)}: what a"
                " policy is to see of a registered environment is part of its observation"
            )
        try:
            for space, name in (
                (env.observation_space, "observation"),
                (env.action_space, "action"),
            ):
                if not isinstance(space, gymnasium.Space):
                    raise InvalidEnvironment(
                        f"{self.module.environment.__name__}.{name}_space is no space of Gymnasium"
                    )
            if "observation" not in own:
                draft["observation"] = fields_of(env.observation_space)
            draft["action"] = action_of(env.action_space)
        except UnsupportedSpaces as problem:
            raise InvalidEnvironment(str(problem)) from None
        except AttributeError as problem:
            raise InvalidEnvironment(
                f"{self.module.environment.__name__} lacks a space: {problem}"
            ) from None
        facts = {
            "id": self.id,
            "gymnasium_id": self.gymnasium_id,
            "family": "registered",
            "preset": preset,
            "drafted": self.module.content is None,
            "code": self.bundle.digest,
        }
        try:
            return complete(merged(draft, own) | facts)
        except InvalidSpecification as problem:
            raise InvalidEnvironment(str(problem)) from None
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise self._unreadable(problem) from problem

    def _unreadable(self, problem: Exception) -> InvalidEnvironment:
        return InvalidEnvironment(
            f"the specification of {self.id} cannot be read: {type(problem).__name__}:"
            f" {problem}; docs/add-an-environment.md has its form"
        )


class Registered:
    """The environments that a user registered, and those of others that were learned here.

    An id means what was registered last under it; ``id@digest`` means those files, whatever was
    registered later.
    """

    def __init__(self) -> None:
        self._current: dict[str, Own] = {}
        self._known: dict[str, Own] = {}
        self._bundles: dict[str, Bundle] = {}
        self._folders: dict[str, str | None] = {}
        self._lock = threading.RLock()

    def add(self, bundle: Bundle) -> Own:
        """Registers an environment after trying it. Raises InvalidEnvironment.

        Another environment of the same id that was registered before makes way; one of ours, or of
        Gymnasium's, does not.
        """
        with self._lock:
            own = self._own(bundle)
            taken = self._taken(own.id)
            if taken is not None:
                raise InvalidEnvironment(
                    f"the id {own.id} is taken by {taken}: name the class otherwise, or give the"
                    " specification an `id`"
                )
            for preset in PRESETS:
                env = own.make(preset)
                try:
                    check_contract(env, own.document(preset), own.module.folder)
                finally:
                    env.close()
            self._known[bundle.digest] = own
            self._bundles[bundle.digest] = bundle
            self._current[own.id] = own
            gymnasium.registry[own.gymnasium_id] = own.registration(
                own.document(PRESETS[0])["horizon"]
            )
            return own

    def learn(self, text: str, folder: str | None = None) -> None:
        """Takes over what another process registered; its code runs when it is asked for.

        It is unpacked below ``folder``; without one, below the place for temporary files.
        """
        bundle = Bundle.of_text(text)
        with self._lock:
            self._bundles.setdefault(bundle.digest, bundle)
            self._folders.setdefault(bundle.digest, folder)

    def text(self, reference: str) -> str | None:
        """The bundle's text of ``id@digest``; None for anything else."""
        bundle = self._bundles.get(reference.rpartition("@")[2]) if "@" in reference else None
        return None if bundle is None else bundle.text

    def reference(self, document: dict[str, Any]) -> str:
        """What names exactly what a document describes: its id, with the files' digest if any."""
        return f"{document['id']}@{document['code']}" if "code" in document else document["id"]

    def ids(self) -> list[str]:
        return list(self._current)

    def match(self, wanted: str) -> str | None:
        """The reference of an id, or a reference itself.

        Raises NotRegistered for the reference of files that are not known here.
        """
        if "@" in wanted:
            if wanted.rpartition("@")[2] not in self._bundles:
                raise NotRegistered(wanted)
            return wanted
        form = normalised(wanted)
        for name, own in self._current.items():
            if form in _forms(name):
                return own.reference
        return None

    def specification(self, name: str, preset: str) -> dict[str, Any]:
        return self._of(name).document(preset)

    def make(self, name: str, preset: str, **options: Any) -> gymnasium.Env:
        return self._of(name).make(preset, **options)

    def register(self) -> None:
        """Nothing to do: each is registered with Gymnasium when it is added."""

    def told(self, name: str, problem: BaseException) -> str:
        """What an environment raised, in one line; the place too if it is in registered files."""
        own = self._known.get(name.rpartition("@")[2])
        return told(problem, own.module.folder if own else None)

    def _of(self, name: str) -> Own:
        digest = name.rpartition("@")[2] if "@" in name else self._current[name].bundle.digest
        with self._lock:
            if digest not in self._known:
                if digest not in self._bundles:
                    raise NotRegistered(name)
                self._known[digest] = Own(self._bundles[digest], self._folders.get(digest))
            return self._known[digest]

    def _own(self, bundle: Bundle) -> Own:
        return self._known.get(bundle.digest) or Own(bundle)

    def _taken(self, id: str) -> str | None:
        from promptpo_envs import drafted
        from promptpo_envs.families import families

        for name in self._current:
            if name != id and _forms(name) & _forms(id):
                return f"{name}, which is registered already"
        others = [family for family in families() if family is not self]
        for form in sorted({id, id.rsplit("-v", 1)[0]}, key=len, reverse=True):
            for family in others:
                if (name := family.match(form)) is not None:
                    return name
            if (name := drafted.FAMILY.match(form)) is not None:
                return f"Gymnasium's {name}"
        return None


def _forms(name: str) -> set[str]:
    return {normalised(name), normalised(name.rsplit("-v", 1)[0])}


def _first_line(environment: type) -> str:
    # What a class inherits describes another one.
    text = inspect.cleandoc(vars(environment).get("__doc__") or "").strip()
    return text.splitlines()[0] if text else ""


FAMILY = Registered()
