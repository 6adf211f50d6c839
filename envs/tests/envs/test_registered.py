"""Environments of a user's own: registered, described, refused, and learned elsewhere."""

import json

import gymnasium
import numpy as np
import pytest
from promptpo_envs.errors import NotRegistered
from promptpo_envs.registered.bundle import Bundle
from promptpo_envs.registered.errors import InvalidEnvironment
from promptpo_envs.registered.family import Registered

CART = '''
import gymnasium
import numpy as np
from gymnasium import spaces


class {name}(gymnasium.Env):
    """A mass on a line, pushed left or right."""

    def __init__(self):
        self.observation_space = spaces.Box(-100, 100, (2,), np.float64)
        self.action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.state = self.np_random.uniform(-1, 1, 2)
        return self.state.copy(), {{}}

    def step(self, action):
        self.state += 0.05 * np.array([self.state[1], 2.0 * action - 1.0])
        return self.state.copy(), -abs(float(self.state[0])), False, False, {{}}
'''


@pytest.fixture
def family():
    before = dict(gymnasium.registry)
    yield Registered()
    gymnasium.registry.clear()
    gymnasium.registry.update(before)


def added(family, name="LineMass", old="", new="", specification=""):
    source = CART.format(name=name)
    assert old in source
    return family.add(Bundle.of_source(source.replace(old, new), specification))


def test_a_drafted_document_has_the_sizes_of_the_spaces(family):
    document = added(family).document("paper")
    assert document["id"] == "LineMass"
    assert document["gymnasium_id"] == "promptpo/LineMass"
    assert document["drafted"] is True
    assert [field["name"] for field in document["observation"]] == ["obs_0", "obs_1"]
    assert document["action"]["n"] == 2


def test_gymnasium_makes_it_and_cuts_it_at_the_horizon(family):
    added(family, specification="horizon = 3")
    env = gymnasium.make("promptpo/LineMass")
    env.reset(seed=1)
    assert [env.step(1)[3] for _ in range(3)] == [False, False, True]


def test_a_preset_overrides_and_what_is_not_said_is_drafted(family):
    own = added(
        family,
        specification="""
            id = "Mass-v3"
            [reward]
            text = "Minus the distance."
            [presets.release]
            horizon = 7
        """,
    )
    paper, release = own.document("paper"), own.document("release")
    assert (paper["id"], paper["horizon"], release["horizon"]) == ("Mass-v3", 1000, 7)
    assert paper["drafted"] is False
    assert paper["reward"]["text"] == "Minus the distance."
    assert [field["name"] for field in paper["observation"]] == ["obs_0", "obs_1"]
    assert family.match("mass") == family.match("MASS_V3") == own.reference


def test_a_bundle_survives_its_text_and_names_its_files(tmp_path):
    (tmp_path / "environment.py").write_text(CART.format(name="A"))
    (tmp_path / "map").mkdir()
    (tmp_path / "map" / "grid.npy").write_bytes(b"\x93NUMPY\xff\x00")
    (tmp_path / ".hidden").write_text("no")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "x.pyc").write_bytes(b"\xff")
    bundle = Bundle.of_path(tmp_path)
    assert list(bundle.files) == ["environment.py", "map/grid.npy"]
    again = Bundle.of_text(bundle.text)
    assert (again.files, again.digest) == (bundle.files, bundle.digest)
    (tmp_path / "map" / "grid.npy").write_bytes(b"\x93NUMPY\xff\x01")
    assert Bundle.of_path(tmp_path).digest != bundle.digest


@pytest.mark.parametrize("name", ["../escape.py", "/etc/escape.py", "a/../../escape.py", ""])
def test_a_bundle_writes_nothing_outside_its_folder(name):
    with pytest.raises(ValueError, match="no file inside a folder"):
        Bundle.of_text(json.dumps({"files": {name: "x"}}))


def test_another_process_learns_it_from_its_text(family, tmp_path):
    own = added(family)
    other = Registered()
    with pytest.raises(NotRegistered, match="LineMass with the files"):
        other.match(own.reference)
    other.learn(own.bundle.text, str(tmp_path))
    assert list(tmp_path.iterdir()) == [], "nothing runs before it is asked for"
    assert other.match("LineMass") is None, "an id is the registering process's own"
    assert other.specification(own.reference, "paper") == own.document("paper")
    rows = [family.make(own.reference, "paper"), other.make(own.reference, "paper")]
    first, second = (env.reset(seed=5)[0] for env in rows)
    np.testing.assert_array_equal(first, second)


def test_two_folders_do_not_see_each_others_modules(family, tmp_path):
    for number, folder in enumerate(("one", "two")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "physics.py").write_text(f"GAIN = {number}.0\n")
        (tmp_path / folder / "environment.py").write_text(
            "from . import physics\n"
            + CART.format(name=f"Folder{number}").replace("2.0 * action", "physics.GAIN * action")
        )
    owns = [family.add(Bundle.of_path(tmp_path / folder)) for folder in ("one", "two")]
    speeds = []
    for own in owns:
        env = own.make("paper")
        start = env.reset(seed=1)[0][1]
        speeds.append(env.step(1)[0][1] - start)
    assert speeds == pytest.approx([-0.05, 0.0])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("class ", "clas ", r"environment.py, line 7: SyntaxError: invalid syntax"),
        ("(gymnasium.Env)", "", "defines no environment"),
        ("Discrete(2)", "Discrete(2, start=1)", "expected Box, or Discrete from 0"),
        ("self.action_space", "self.actions", "lacks a space"),
        ("seed=None, options=None", "seed=None", "does not provide an `options`"),
        ("super().reset(seed=seed)", "super().reset()", "non-deterministic"),
        ("return self.state.copy(), {}", "return self.state.copy()", "was not a tuple"),
        ("False, False, {}", "False, {}", "gave 4 values"),
        ("False, False, {}", "0, False, {}", "gave terminated = 0; expected True or False"),
        ("-abs(float(self.state[0]))", "float('nan')", "gave the reward nan"),
        ("-abs(float(self.state[0]))", "np.ones(2)", "gave the reward array"),
        ("self.state += 0.05", "self.state += 50.0", "outside its observation_space"),
        ("self.state += 0.05", "self.state += np.random.rand()", "not equivalent"),
        ("self.state +=", "self.count = getattr(self, 'count', 0) + 1; self.state +="
         " self.count // 250 * 0.01 +", "does not repeat itself"),
        ("def __init__(self)", "def __init__(self, size)", "missing 1 required positional"),
        ("import numpy as np", "import numpy as np, nowhere", "install nowhere beside promptpo"),
        ("return self.state.copy(), {}", "raise SystemExit", "SystemExit"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_one_line(family, old, new, said):
    with pytest.raises(InvalidEnvironment, match=said) as raised:
        added(family, old=old, new=new)
    assert "\n" not in str(raised.value)
    assert family.ids() == []


@pytest.mark.parametrize(
    ("specification", "said"),
    [
        ("id =", "specification.toml is not TOML"),
        ("id = 'a b'", "'a b' is no id"),
        ("id = 'pendulum'", "the id pendulum is taken by Pendulum-v1"),
        ("id = 'NoiseWorld-n8-seed3'", "is taken by NoiseWorld-n8-seed3"),
        ("horizn = 3", "unknown keys"),
        ("observation = 3", "cannot be read"),
        ("[[observation]]\nname = 'x'", "fields have 1 numbers; an observation of LineMass has 2"),
        ("[action]\nkind = 'box'", "action"),
        ("[presets.mine]\nhorizon = 1", "expected paper or release"),
        ("[[observation]]\nname = 'x'\nshape = [2]\n[[observation]]\nname = 'y'\nextra = true",
         "has the extra fields y"),
    ],
)  # fmt: skip
def test_a_wrong_specification_is_told_in_one_line(family, specification, said):
    with pytest.raises(InvalidEnvironment, match=said) as raised:
        added(family, specification=specification)
    assert "\n" not in str(raised.value)


def test_two_environments_in_one_module_are_refused_but_not_a_base_class(family):
    two = CART.format(name="One") + "\n\nclass Two(One):\n    pass\n"
    assert family.add(Bundle.of_source(two)).id == "Two"
    three = two + "\n\nclass Three(One):\n    pass\n"
    with pytest.raises(InvalidEnvironment, match="2 environments, Three and Two"):
        family.add(Bundle.of_source(three))


def test_a_folder_without_a_clear_module_is_refused(tmp_path):
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("")
    with pytest.raises(InvalidEnvironment, match=r"found a\.py, b\.py"):
        _ = Bundle.of_path(tmp_path).main
    with pytest.raises(InvalidEnvironment, match="there is no"):
        Bundle.of_path(tmp_path / "c.py")
    with pytest.raises(InvalidEnvironment, match=r"Environments\.register\(Path\.of"):
        Bundle.of_source("room.py")
