"""The self-test at start finds a wall that is missing, and the pool is refused.

The engine runs from a copy of its packages in which one wall was taken away; the copy is started
as the engine always is.
"""

import shutil
import sys
from pathlib import Path

import promptpo_rollout.client
import pytest
from promptpo_rollout.client import Client, RolloutError

PACKAGES = Path(promptpo_rollout.client.__file__).parents[1]


@pytest.fixture
def engine_without(tmp_path, monkeypatch):
    """A function that starts the engine with a text of a file put in place of another."""
    for package in ("promptpo_rollout", "promptpo_policy", "promptpo_envs"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PACKAGES / package, tmp_path / package, ignore=ignored)
    monkeypatch.setattr(
        promptpo_rollout.client, "__file__", str(tmp_path / "promptpo_rollout" / "client.py")
    )

    def start(level, file, wall, instead):
        text = (tmp_path / file).read_text("utf-8")
        assert text.count(wall) == 1, "the wall is built elsewhere now: mend this test"
        (tmp_path / file).write_text(text.replace(wall, instead), "utf-8")
        return Client.start(sys.executable, 1, level)

    return start


LANDLOCK = ("promptpo_policy/confine.py", "restrict_self(self._ruleset, None)", "pass")
SOCKETS = ("promptpo_policy/confine.py", "getrandom exit exit_group", "getrandom exit_group socket")
VARIABLES = (
    "promptpo_rollout/policy_process.py",
    "_ENVIRONMENT = {",
    "_ENVIRONMENT = {'KEY': 's',",
)
DESCRIPTORS = ("promptpo_policy/template.py", "os.closerange(_REPLY_FD + 1, kept)", "pass")


@pytest.mark.parametrize(
    "level, wall, named",
    [
        ("sandbox", SOCKETS, "sockets can be opened"),
        ("sandbox", VARIABLES, "environment variables are inherited"),
        ("process", VARIABLES, "environment variables are inherited"),
        ("sandbox", DESCRIPTORS, "descriptors are inherited"),
        ("process", DESCRIPTORS, "descriptors are inherited"),
    ],
)
def test_a_missing_wall_is_named_and_no_other(engine_without, level, wall, named):
    with pytest.raises(RolloutError) as refused:
        engine_without(level, *wall)
    assert str(refused.value).endswith(f"the isolation level {level} does not hold here: {named}")


def test_without_landlock_the_canary_is_read(engine_without):
    with pytest.raises(RolloutError, match="the isolation level sandbox does not hold") as refused:
        engine_without("sandbox", *LANDLOCK)
    assert "Landlock does not keep files from being read" in str(refused.value)
    assert "packages other than NumPy can be read" in str(refused.value)
    assert "sockets" not in str(refused.value), "the other walls stand"


def test_the_copy_with_all_walls_starts(engine_without):
    with engine_without(
        "sandbox", "promptpo_policy/confine.py", "SANDBOX = ", "SANDBOX = "
    ) as good:
        assert set(good.hello["self_test"].values()) == {"refused"}
