"""Films: which states are shown, what they weigh, and that they show the episode that was rolled
out."""

import importlib.util
import io
import itertools
import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image
from promptpo_render import film, gl
from promptpo_render.client import RenderClient
from promptpo_rollout.local import Engine

WORKS = gl.find(os.environ)
needs_gl = pytest.mark.skipif(not WORKS.backend, reason=gl.none_works(WORKS.reasons))
WALK = """
import numpy as np
class Policy:
    def __init__(self):
        self.t = 0
    def act(self, obs):
        self.t += 1
        return np.clip(np.sin(0.3 * self.t + np.arange({n})) + 0.2 * np.random.randn({n}), -1, 1)
"""


@pytest.fixture
def renderer():
    client = RenderClient()
    yield client
    client.close()


def shoot(renderer, environment, seed, actions, most=300, video="gif"):
    asked = {
        "type": "film",
        "environment": environment,
        "preset": "paper",
        "width": 320,
        "height": 240,
        "seed": seed,
        "most": most,
        "video": video,
    }
    answer, blob = renderer.ask(asked, np.asarray(actions, dtype="<f8").tobytes())
    parts, start = [], 0
    for size in answer["parts"]:
        parts.append(blob[start : start + size])
        start += size
    assert start == len(blob)
    return answer, parts[0], [np.array(Image.open(io.BytesIO(part))) for part in parts[1:]]


def test_an_episode_is_shown_at_its_own_speed_where_that_many_pictures_can():
    plan = film.schedule(steps=1000, most=300, seconds_per_step=0.008, steps_per_second=125)
    assert plan.states == [*range(0, 1000, 5), 1000]
    assert plan.seconds == pytest.approx(0.04)
    assert plan.speed == pytest.approx(1.0)
    assert plan.steps_per_second == pytest.approx(125)


def test_a_long_one_is_shown_faster_and_never_in_more_pictures_than_asked():
    plan = film.schedule(steps=1000, most=300, seconds_per_step=0.05, steps_per_second=20)
    assert (plan.seconds, plan.speed) == (pytest.approx(0.05), pytest.approx(4.0))
    for steps in (1, 2, 7, 299, 300, 301, 4999):
        for most in (2, 10, 300):
            for step_seconds in (0.002, 0.05, None):
                states = film.schedule(steps, most, step_seconds, 8).states
                assert len(states) <= most
                assert (states[0], states[-1]) == (0, steps)
                assert states == sorted(set(states))


def test_steps_that_are_no_time_are_shown_one_by_one():
    plan = film.schedule(steps=30, most=300, seconds_per_step=None, steps_per_second=8)
    assert plan.states == list(range(31))
    assert (plan.seconds, plan.speed, plan.steps_per_second) == (0.125, None, 8.0)


def test_a_gif_lasts_as_long_as_it_should_and_keeps_a_small_things_colour():
    pictures = [np.full((40, 60, 3), 200, dtype=np.uint8) for _ in range(40)]
    for number, picture in enumerate(pictures):
        picture[:, :, 2] = np.linspace(0, 255, 60)
        picture[10:14, number : number + 4] = (255, 0, 0)
    shown = Image.open(io.BytesIO(film.gif(pictures, seconds=0.025)))
    lengths = []
    for number in range(shown.n_frames):
        shown.seek(number)
        lengths.append(shown.info["duration"])
    assert shown.info["loop"] == 0
    # 40 pictures of 25 ms, the last one held for a second.
    assert (shown.n_frames, sum(lengths)) == (40, 39 * 25 + 5 + 1000)
    shown.seek(5)
    assert shown.convert("RGB").getpixel((6, 11)) == (255, 0, 0)


def test_a_gif_that_would_be_too_large_leaves_pictures_out_and_lasts_as_long():
    noise = np.random.default_rng(0).integers(0, 255, (100, 30, 40, 3), dtype=np.uint8)
    whole = film.gif(noise, seconds=0.04)
    small = film.gif(noise, seconds=0.04, most_bytes=len(whole) // 4)
    assert len(small) <= len(whole) // 4
    one, other = (Image.open(io.BytesIO(data)) for data in (whole, small))
    assert one.n_frames == 100 > other.n_frames >= 15
    assert _seconds(other) == pytest.approx(_seconds(one), rel=0.05)


@needs_gl
def test_a_film_shows_the_episode_that_was_rolled_out(renderer):
    with Engine() as engine:
        document, trace = engine.rollout(
            "Hopper-v5", WALK.format(n=3), [17], trace=True, lockstep=1
        )
    shape = document["trace"]
    rows = np.frombuffer(trace, dtype="<f8").reshape(shape["rows"][0], -1)
    actions = rows[:, shape["observation"] : shape["observation"] + shape["action"]]
    answer, video, pictures = shoot(renderer, "Hopper-v5", 17, actions)
    assert answer["return"] == document["returns"][0]
    assert answer["states"][-1] == document["lengths"][0]
    assert len(pictures) == len(answer["states"]) > 2
    assert {picture.shape for picture in pictures} == {(240, 320, 3)}
    for one, other in itertools.pairwise(pictures):
        assert (one != other).any()
    assert answer["video"] == "image/gif"
    assert Image.open(io.BytesIO(video)).size == (320, 240)


@needs_gl
def test_three_hundred_pictures_weigh_no_more_than_three_megabytes(renderer):
    actions = np.random.default_rng(0).uniform(-1, 1, (299, 6))
    answer, video, pictures = shoot(renderer, "HalfCheetah-v5", 0, actions)
    assert len(pictures) == 300
    assert answer["speed"] == pytest.approx(1.0)
    assert len(video) <= 3_000_000


@pytest.mark.skipif(
    importlib.util.find_spec("imageio_ffmpeg") is None, reason="imageio-ffmpeg is not installed"
)
def test_a_video_is_mp4_where_ffmpeg_is_there(renderer, tmp_path):
    import imageio_ffmpeg

    answer, video, pictures = shoot(renderer, "NoiseWorld1", 3, np.ones((9, 1)), video="best")
    assert answer["video"] == "video/mp4"
    file = tmp_path / "film.mp4"
    file.write_bytes(video)
    about, *frames = imageio_ffmpeg.read_frames(str(file))
    assert about["codec"] == "h264"
    assert about["size"] == (480, 480)
    # Ten pictures of an eighth of a second, the last of them for a second.
    assert len(frames) == 9 + 8
    first = np.frombuffer(frames[0], dtype=np.uint8).reshape(480, 480, 3).astype(int)
    assert abs(first - pictures[0]).mean() < 8


def test_a_board_is_filmed_without_gl(renderer, monkeypatch):
    monkeypatch.setenv("MUJOCO_GL", "disable")
    answer, video, pictures = shoot(renderer, "NoiseWorld2", 5, np.ones((6, 1)))
    assert answer["renderer"] == "the environment itself"
    assert answer["speed"] is None
    assert len(pictures) == 7
    assert Image.open(io.BytesIO(video)).n_frames >= 2


@needs_gl
def test_a_process_that_drew_ends_without_a_word_and_leaves_no_descriptor():
    before = set(os.listdir("/proc/self/fd"))
    client = RenderClient()
    shoot(client, "Hopper-v5", 0, np.zeros((3, 3)))
    log = os.dup(client._log.fileno())
    client.close()
    os.lseek(log, 0, os.SEEK_SET)
    # EGL prints tracebacks where a context is left to the interpreter's end.
    assert os.read(log, 4000) == b""
    os.close(log)
    assert set(os.listdir("/proc/self/fd")) == before


def test_a_process_ends_with_the_one_that_asked_it_though_that_was_killed():
    asker = subprocess.Popen(
        [sys.executable, "-c", _ASKS_AND_WAITS],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    process = int(asker.stdout.readline())
    asker.kill()
    asker.wait()
    asker.stdout.close()
    deadline = time.monotonic() + 60
    while _runs(process):
        assert time.monotonic() < deadline, "the process that draws outlives its asker"
        time.sleep(0.02)


_ASKS_AND_WAITS = """
import json, time
from promptpo_render.client import RenderClient
client = RenderClient()
client.submit(json.dumps({"type": "film", "environment": "NoiseWorld6", "preset": "paper",
    "width": 320, "height": 240, "seed": 0, "most": 300, "video": "gif"}), bytes(8 * 100))
print(client.running, flush=True)
time.sleep(600)
"""


def _runs(process):
    try:
        with open(f"/proc/{process}/stat", encoding="ascii") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _seconds(shown):
    total = 0
    for number in range(shown.n_frames):
        shown.seek(number)
        total += shown.info["duration"]
    return total / 1000


def test_a_client_that_closes_in_the_middle_of_a_film_leaves_no_process(renderer):
    asked = {
        "type": "film",
        "environment": "NoiseWorld6",
        "preset": "paper",
        "width": 320,
        "height": 240,
        "seed": 0,
        "most": 300,
        "video": "gif",
    }
    renderer.submit(json.dumps(asked), np.ones((90, 1)).astype("<f8").tobytes())
    process = renderer.running
    renderer.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert renderer.running is None
