"""The specification document, and finding it by id."""

import json
import subprocess
import sys

import gymnasium
import numpy as np
import promptpo_envs
import pytest
from gymnasium import spaces
from promptpo_envs.documents import InvalidSpecification, complete, digest, merged, policy_class
from promptpo_envs.drafted import UnsupportedSpaces
from promptpo_envs.errors import EnvironmentUnavailable
from promptpo_envs.observation import FrameReader

BOARDS = [f"NoiseWorld{number}" for number in range(7)]
MUJOCO = [
    "Ant-v5",
    "HalfCheetah-v5",
    "Hopper-v5",
    "Humanoid-v5",
    "InvertedDoublePendulum-v5",
    "Reacher-v5",
    "Swimmer-v5",
]
CLASSIC = ["Acrobot-v1", "CartPole-v1", "Pendulum-v1"]
META_WORLD = ["button-press-v3", "door-open-v3", "drawer-open-v3", "pick-place-v3"]
LISTED = [*BOARDS, *CLASSIC, "PointMaze", *MUJOCO, *META_WORLD]
OTHERS = [
    "NoiseWorld-n8-seed7",
    "NoiseWorld-n5-seed0-keys",
    "MountainCarContinuous-v0",
    "FrozenLake-v1",
    "Taxi-v3",
    "InvertedPendulum-v5",
]


@pytest.mark.parametrize("preset", ["paper", "release"])
@pytest.mark.parametrize("name", LISTED + OTHERS)
def test_document_is_plain_json_and_agrees_with_the_environment(name, preset):
    document = promptpo_envs.specification(name, preset)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["preset"] == preset
    assert document["lifetime"] == ("episode" if preset == "paper" else "candidate")
    assert document["discount"] == 1.0

    env = promptpo_envs.make(name, preset)
    obs, _ = env.reset(seed=0)
    frame = FrameReader(env)(obs)
    assert frame.dtype == np.float64
    assert frame.shape == (document["observation_size"],)
    position = 0
    for field in document["observation"]:
        assert field["start"] == position
        assert field["stop"] - field["start"] == int(np.prod(field["shape"]))
        position = field["stop"]
        part = frame[field["start"] : field["stop"]]
        assert field["low"] is None or (part >= field["low"] - 1e-6).all()
        assert field["high"] is None or (part <= field["high"] + 1e-6).all()
    assert position == document["observation_size"]
    extras = sum(f["stop"] - f["start"] for f in document["observation"] if f["extra"])
    assert document["vector_size"] == position - extras
    assert document["privileged"] is (extras > 0)
    assert preset == "release" or extras == 0
    action = document["action"]
    if isinstance(env.action_space, gymnasium.spaces.Discrete):
        assert (action["kind"], action["n"]) == ("discrete", env.action_space.n)
    else:
        assert (action["kind"], tuple(action["shape"])) == ("box", env.action_space.shape)
        assert action["low"] == pytest.approx(env.action_space.low.ravel().tolist())
    env.close()


@pytest.mark.parametrize("name", LISTED)
def test_fields_have_the_bounds_of_the_observation_space(name):
    document = promptpo_envs.specification(name)
    space = promptpo_envs.make(name).observation_space
    for field in document["observation"]:
        part = slice(field["start"], field["stop"])
        for bound, values in (("low", space.low[part]), ("high", space.high[part])):
            if field[bound] is None:
                assert not np.isfinite(values).any()
            elif np.isfinite(values).any():
                assert np.allclose(values, field[bound], rtol=1e-6)
            else:
                # A cosine, say, in a space without bounds.
                assert document["family"] == "mujoco"


@pytest.mark.parametrize("preset", ["paper", "release"])
@pytest.mark.parametrize("name", LISTED)
def test_every_field_has_a_meaning(name, preset):
    for field in promptpo_envs.specification(name, preset)["observation"]:
        assert field["meaning"].strip(), f"{field['name']} means nothing"


def test_digest_is_that_of_the_document_and_differs_between_presets():
    paper = promptpo_envs.specification("NoiseWorld1", "paper")
    assert paper["digest"] == digest(paper)
    assert len(paper["digest"]) == 64
    assert paper == promptpo_envs.specification("NoiseWorld1", "paper")
    assert paper["digest"] != promptpo_envs.specification("NoiseWorld1", "release")["digest"]


@pytest.mark.parametrize(
    "written, meant",
    [
        ("NoiseWorld1", "NoiseWorld1"),
        ("noise_world-1", "NoiseWorld1"),
        ("NOISEWORLD6", "NoiseWorld6"),
        ("promptpo/NoiseWorld2-v0", "NoiseWorld2"),
        ("cartpole", "CartPole-v1"),
        ("cart_pole-V1", "CartPole-v1"),
        ("noiseworld_n8_seed7", "NoiseWorld-n8-seed7"),
        ("NoiseWorld-n8-seed07-keys", "NoiseWorld-n8-seed7-keys"),
        ("pendulum", "Pendulum-v1"),
        ("mountain-car-v0", "MountainCar-v0"),
        ("point_maze", "PointMaze"),
        ("promptpo/PointMaze-v0", "PointMaze"),
        ("swimmer", "Swimmer-v5"),
    ],
)
def test_ids_match_without_case_hyphens_underscores_and_version(written, meant):
    assert promptpo_envs.specification(written)["id"] == meant


@pytest.mark.parametrize(
    "written, nearest",
    [
        ("NoiseWorld9", "NoiseWorld"),
        ("NoizeWorld3", "NoiseWorld3"),
        ("cartpoll", "CartPole-v1"),
        ("pendulumm", "Pendulum-v1"),
    ],
)
def test_unknown_id_names_the_nearest(written, nearest):
    with pytest.raises(promptpo_envs.UnknownEnvironment) as caught:
        promptpo_envs.specification(written)
    assert caught.value.nearest[0].startswith(nearest)
    assert repr(written) in str(caught.value)
    assert nearest in str(caught.value)
    with pytest.raises(promptpo_envs.UnknownEnvironment):
        promptpo_envs.make(written)


def test_unknown_preset_is_refused():
    with pytest.raises(promptpo_envs.UnknownPreset, match=r"'draft'.*paper, release"):
        promptpo_envs.specification("NoiseWorld1", "draft")


def test_generated_board_is_made_by_gymnasium_under_the_id_of_its_specification():
    document = promptpo_envs.specification("NoiseWorld-n7-seed21-keys", "release")
    env = gymnasium.make(document["gymnasium_id"], preset="release")
    assert env.unwrapped.board.codes.tolist() == document["board"]["codes"]
    assert document["references"]["best"]["kind"] == "exact"
    assert document["horizon"] == 49


def test_list_holds_every_environment_with_a_file():
    entries = promptpo_envs.list_environments()
    assert [entry["id"] for entry in entries] == LISTED
    assert all(entry["title"] and entry["horizon"] > 0 for entry in entries)


@pytest.mark.parametrize("preset", ["paper", "release"])
@pytest.mark.parametrize("name", BOARDS + OTHERS[:2])
def test_prompt_texts_of_noise_world_tell_neither_probabilities_nor_the_board(name, preset):
    document = promptpo_envs.specification(name, preset)
    texts = [*document["context"].values(), *document["reward"].values(), document["termination"]]
    texts += [field["meaning"] for field in document["observation"]]
    board = promptpo_envs.make(name, preset).unwrapped.board
    secrets = [f"{value:.2f}" for r in board.regions for value in (r.p, r.p_alt)]
    secrets += [f"{100 * value:.0f} %" for r in board.regions for value in (r.p, r.p_alt)]
    secrets += ["".join(map(str, row)) for row in board.codes.tolist() if len(set(row)) > 1]
    for text in texts:
        assert "$" not in text, "a placeholder was left"
        for secret in secrets:
            assert secret not in text


@pytest.mark.parametrize("number", [4, 5, 6])
def test_usual_text_of_key_boards_is_silent_about_keys_and_the_exploration_text_is_not(number):
    document = promptpo_envs.specification(f"NoiseWorld{number}")
    exploration = document["context"].pop("exploration")
    for key in ("board", "digest", "references"):
        document.pop(key)
    usual = json.dumps(document).lower()
    for word in ("key", "progress", "collect", "code 6", "code 7", "- 6", "- 7"):
        assert word not in usual
    assert "first" in exploration and "code 6" in exploration and "code 7" in exploration
    assert "flag_1" in exploration and "flag_2" in exploration


@pytest.mark.parametrize("number", range(4))
def test_boards_without_keys_have_no_exploration_text(number):
    assert promptpo_envs.specification(f"NoiseWorld{number}")["context"]["exploration"] == ""


@pytest.mark.parametrize("preset", ["paper", "release"])
@pytest.mark.parametrize("number", range(7))
def test_reward_source_gives_the_rewards_of_the_environment(number, preset):
    """The Python that a model reads is true: it is run beside the environment."""
    document = promptpo_envs.specification(f"NoiseWorld{number}", preset)
    namespace: dict = {}
    exec(document["reward"]["source"], namespace)
    env = promptpo_envs.make(f"NoiseWorld{number}", preset).unwrapped
    draw = np.random.default_rng(number)
    ends = set()
    for seed in range(400):
        env.reset(seed=seed)
        over = False
        while not over:
            # Down and right more often than up and left, so that some episodes reach the goal.
            action = int(draw.choice(4, p=[0.15, 0.35, 0.15, 0.35]))
            _, reward, terminated, truncated, _ = env.step(action)
            entered = int(env.board.codes[env.agent])
            arguments = (entered, env.keys_held == 2) if env.board.keys else (entered,)
            assert namespace["reward"](*arguments) == reward
            over = terminated or truncated
            if over:
                ends.add(entered)
    assert 5 in ends
    assert 4 in ends or number == 5, "the goal of board 5 is hard to meet by chance"


def test_cart_pole_is_written_not_drafted():
    document = promptpo_envs.specification("CartPole-v1")
    names = [field["name"] for field in document["observation"]]
    assert names == ["cart_position", "cart_velocity", "pole_angle", "pole_angular_velocity"]
    units = [field["unit"] for field in document["observation"]]
    assert units == ["m", "m/s", "rad", "rad/s"]
    assert document["drafted"] is False
    assert document["policy_class"] == "CartPolePolicy"
    assert document["references"]["best"]["value"] == 500.0


def test_random_reference_of_cart_pole_is_measured_by_the_noted_command():
    from promptpo_envs.measure_random import random_return

    reference = promptpo_envs.specification("CartPole-v1")["references"]["random"]
    assert "--episodes 20000 --seed 0" in reference["source"]
    # Other episodes than those it was measured on: the two intervals overlap.
    again = random_return("CartPole-v1", "paper", episodes=2000, seed=1)
    assert again["low"] < reference["high"] and reference["low"] < again["high"]
    assert reference["low"] < reference["value"] < reference["high"]


def test_drafted_specification_names_values_by_position_and_says_that_it_is_drafted():
    document = promptpo_envs.specification("MountainCarContinuous-v0")
    assert document["drafted"] is True
    assert document["family"] == "drafted"
    assert "drafted" in document["title"]
    assert [field["name"] for field in document["observation"]] == ["obs_0", "obs_1"]
    assert document["horizon"] == 999
    assert document["action"]["low"] == [-1.0]
    assert document["references"] == {}


def test_drafted_discrete_observation_is_one_number():
    document = promptpo_envs.specification("FrozenLake-v1")
    assert [(f["name"], f["low"], f["high"]) for f in document["observation"]] == [("obs", 0, 15)]


class Odd(gymnasium.Env):
    """An environment with spaces that no specification can say."""

    def __init__(self, observation, action):
        self.observation_space, self.action_space = observation, action


@pytest.mark.parametrize(
    "observation, action, complaint",
    [
        (
            spaces.Discrete(2),
            spaces.MultiDiscrete([2, 3]),
            "Action space MultiDiscrete([2 3]) cannot be drafted: expected Box, or Discrete from 0."
            " Wrap the environment, or write a specification file.",
        ),
        (
            spaces.Discrete(2),
            spaces.Discrete(2, start=1),
            "Action space Discrete(2, start=1) cannot be drafted: expected Box, or Discrete from 0."
            " Wrap the environment, or write a specification file.",
        ),
        (
            spaces.Tuple([spaces.Discrete(2)]),
            spaces.Discrete(2),
            "Observation space Tuple(Discrete(2)) cannot be drafted: expected Box, Discrete or a"
            " Dict of those. Wrap the environment, or write a specification file.",
        ),
    ],
)
def test_spaces_that_cannot_be_drafted_are_refused_in_one_line(
    monkeypatch, observation, action, complaint
):
    spec = gymnasium.envs.registration.EnvSpec(
        "Odd-v0", entry_point=Odd, kwargs={"observation": observation, "action": action}
    )
    monkeypatch.setitem(gymnasium.registry, "Odd-v0", spec)
    with pytest.raises(UnsupportedSpaces) as refused:
        promptpo_envs.specification("Odd-v0")
    assert str(refused.value) == complaint


def test_importing_the_package_registers_and_imports_no_simulator():
    program = (
        "import sys, promptpo_envs, gymnasium\n"
        "assert 'promptpo/NoiseWorld1-v0' in gymnasium.registry\n"
        "heavy = {'mujoco', 'torch', 'metaworld', 'gymnasium_robotics', 'matplotlib', 'pygame'}\n"
        "assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()\n"
        "ours = [m for m in sys.modules if m.startswith('promptpo_envs.noise_world.')]\n"
        "assert ours == ['promptpo_envs.noise_world.family'], ours\n"
        "promptpo_envs.list_environments()\n"
        "assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def minimal(**changes):
    """The least that a specification says."""
    draft = {
        "id": "Test-v0",
        "gymnasium_id": "Test-v0",
        "family": "test",
        "title": "A test",
        "preset": "paper",
        "horizon": 10,
        "termination": "",
        "observation": [{"name": "x"}],
        "action": {"kind": "discrete", "n": 2, "names": ["a", "b"]},
    }
    return draft | changes


def test_least_specification_is_completed():
    document = complete(minimal(observation=[{"name": "x", "shape": [2, 3]}, {"name": "y"}]))
    assert [(f["start"], f["stop"]) for f in document["observation"]] == [(0, 6), (6, 7)]
    assert document["budget"] == {"candidates": 10, "rounds": 5, "episodes": 5}
    assert document["privileged"] is False


def test_bounds_are_floats_however_they_were_written():
    """So that a document has one text, and one digest, in Python and in Java."""
    box = {"kind": "box", "shape": [2], "names": ["a", "b"], "units": ["", ""]}
    document = complete(minimal(action=box | {"low": [-1, -2.5], "high": [1, 2]}))
    assert json.dumps(document["action"]["low"]) == "[-1.0, -2.5]"
    assert json.dumps(document["action"]["high"]) == "[1.0, 2.0]"


def test_extra_fields_follow_the_vector_and_make_it_privileged():
    document = complete(minimal(observation=[{"name": "x"}, {"name": "q", "extra": True}]))
    assert (document["vector_size"], document["observation_size"]) == (1, 2)
    assert document["privileged"] is True


@pytest.mark.parametrize(
    "changes, complaint",
    [
        ({"observation": [{"name": "x"}, {"name": "x"}]}, "share a name"),
        ({"observation": [{"name": "q", "extra": True}, {"name": "x"}]}, "come after"),
        ({"observation": [{"name": "class"}]}, "bad field name"),
        ({"observation": [{"name": "vector"}]}, "bad field name"),
        ({"action": {"kind": "discrete", "n": 2, "names": ["a"]}}, "one name for each"),
        ({"action": {"kind": "wheel"}}, "action kind 'wheel'"),
        ({"horizon": 0}, "horizon 0"),
        ({"horizon": "10"}, "expected int"),
        ({"score": "luck"}, "score 'luck'"),
        ({"surprise": 1}, "unknown keys"),
        ({"references": {"worst": {"value": 1, "kind": "exact", "source": ""}}}, "'worst'"),
    ],
)
def test_contradictions_are_refused_with_their_place(changes, complaint):
    with pytest.raises(InvalidSpecification, match=complaint) as caught:
        complete(minimal(**changes))
    assert "Test-v0" in str(caught.value)


def test_overrides_are_merged_by_table():
    base = {"a": {"x": 1, "y": [1]}, "b": 2}
    assert merged(base, {"a": {"y": [2]}}) == {"a": {"x": 1, "y": [2]}, "b": 2}
    assert base == {"a": {"x": 1, "y": [1]}, "b": 2}


@pytest.mark.parametrize(
    "name, expected",
    [
        ("NoiseWorld1", "NoiseWorld1Policy"),
        ("NoiseWorld-n8-seed7-keys", "NoiseWorldN8Seed7KeysPolicy"),
        ("CartPole-v1", "CartPolePolicy"),
        ("ALE/Pong-v5", "PongPolicy"),
        ("2048-v0", "Environment2048Policy"),
    ],
)
def test_policy_class_is_an_identifier_made_of_the_id(name, expected):
    assert policy_class(name) == expected
    assert expected.isidentifier()


def test_a_known_environment_that_cannot_be_made_here_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lacks(*_args: object, **_options: object) -> None:
        raise gymnasium.error.DependencyNotInstalled("no simulator\nlong story")

    monkeypatch.setattr(gymnasium, "make", lacks)
    with pytest.raises(EnvironmentUnavailable, match=r"Gymnasium knows FrozenLake-v1.*simulator$"):
        promptpo_envs.specification("FrozenLake")
    for name in ("Hopper-v5", "PointMaze"):
        with pytest.raises(EnvironmentUnavailable, match=r"is not installed.*no simulator$"):
            promptpo_envs.make(name)
