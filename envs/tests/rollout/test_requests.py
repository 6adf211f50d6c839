"""The documents that go in and come out."""

import json
import platform
import re

import numpy as np
import promptpo_envs
import pytest
from promptpo_rollout.limits import Limits
from promptpo_rollout.rollout import seen_by_policy

GOOD = "class P:\n    def act(self, obs):\n        return int(obs.pole_angle > 0)\n"
SLOW = """
class P:
    def act(self, obs):
        sum(range(100_000))
        return int(obs.pole_angle + obs.pole_angular_velocity > 0)
"""


def wait_for(client, number, seconds=20.0):
    """All documents of a request up to its final one."""
    found = []
    for _ in range(int(seconds / 0.1)):
        for text, blob in client.poll(0.1):
            document = json.loads(text)
            if document["id"] == number:
                found.append((document, blob))
                if document["event"] != "progress":
                    return found
    raise TimeoutError


def request(**fields):
    whole = {"type": "rollout", "environment": "CartPole-v1", "source": GOOD, "seeds": [1, 2]}
    return json.dumps(whole | fields)


def test_the_greeting_proves_the_sandbox(engine):
    client = engine.client
    ((greeting, _blob),) = wait_for(client, client.submit('{"type": "hello"}'))
    assert greeting["isolation"] == "sandbox" and greeting["workers"] == 2
    assert len(greeting["self_test"]) == 13
    assert set(greeting["self_test"].values()) == {"refused"}


def test_the_greeting_names_the_versions_that_numbers_depend_on(engine):
    versions = engine.client.hello["versions"]
    assert versions["python"] == platform.python_version()
    assert versions["numpy"] == np.__version__
    assert "gymnasium" in versions
    assert json.loads(engine.client.versions()) == versions


def test_a_result_says_where_and_how_it_came_about(engine):
    result = engine.rollout("cart_pole-V1", GOOD, [1, 2], preset="paper")
    assert result["outcome"] == "completed"
    assert result["isolation"] == "sandbox" and result["worker"] in (0, 1) and result["host"]
    assert result["successes"] == [None, None]
    assert result["policy_cpu_seconds"] > 0 and result["worker_cpu_seconds"] > 0


def test_a_trace_has_the_frame_the_action_and_the_reward_of_each_step(engine):
    result, blob = engine.rollout("CartPole-v1", GOOD, [1, 2, 3], trace=True, lockstep=2)
    assert result["trace"] == {"rows": result["lengths"], "observation": 4, "action": 1}
    rows = np.frombuffer(blob, dtype="<f8").reshape(-1, 6)
    assert len(rows) == sum(result["lengths"])
    assert (rows[:, 4] == (rows[:, 2] > 0)).all()
    assert (rows[:, 5] == 1.0).all()


def test_a_box_action_is_clipped_and_traced_as_taken(engine):
    source = "class P:\n    def act(self, obs):\n        return [3.0]\n"
    result, blob = engine.rollout("MountainCarContinuous-v0", source, [0], trace=True)
    rows = np.frombuffer(blob).reshape(-1, 4)
    assert result["outcome"] == "completed" and set(rows[:, 2]) == {1.0}


def test_feedback_summarises_each_episode_of_a_trace(engine):
    result, blob = engine.rollout("CartPole-v1", GOOD, [1, 2], trace=True)
    source = """
class Feedback:
    def __init__(self):
        self.calls = 0
    def summarize_trajectory(self, traj):
        self.calls += 1
        mean = sum(obs.pole_angle for obs in traj) / len(traj)
        return f"{self.calls}: {len(traj)} steps, mean angle {mean:.3f}, {traj[0].vector.shape}"
"""
    answer = engine.feedback("CartPole-v1", source, result["trace"], blob)
    rows = np.frombuffer(blob).reshape(-1, 6)
    first = rows[: result["lengths"][0], 2]
    assert answer["outcome"] == "completed"
    assert answer["summaries"][0] == (
        f"1: {len(first)} steps, mean angle {sum(first.tolist()) / len(first):.3f}, (4,)"
    )
    assert answer["summaries"][1].startswith("2: ")


def test_anonymous_hides_the_names_from_policies_and_feedback(engine):
    named = "class P:\n    def act(self, obs):\n        return int(obs.pole_angle > 0)\n"
    unnamed = named.replace("pole_angle", "o2")
    usual = engine.rollout("CartPole-v1", named, [1, 2])
    result, blob = engine.rollout("CartPole-v1", unnamed, [1, 2], trace=True, anonymous=True)
    assert result["actions_digest"] == usual["actions_digest"]
    told = engine.rollout("CartPole-v1", named, [1], anonymous=True)
    assert told["kind"] == "EXCEPTION" and "no attribute 'pole_angle'" in told["message"]

    source = (
        "class Feedback:\n    def summarize_trajectory(self, traj):\n        return repr(traj[0])"
    )
    answer = engine.feedback("CartPole-v1", source, result["trace"], blob, anonymous=True)
    values = np.frombuffer(blob).reshape(-1, 6)[0, :4].tolist()
    shown = ", ".join(f"o{number}={value}" for number, value in enumerate(values))
    assert answer["summaries"][0] == f"Observation({shown})"


def test_what_an_anonymous_policy_is_given_names_nothing():
    specification = promptpo_envs.specification("NoiseWorld5")
    given = json.dumps(seen_by_policy(specification, anonymous=True))
    for field in specification["observation"]:
        assert field["name"] not in given and field["meaning"] not in given
    assert '"names": ["a0", "a1", "a2", "a3"]' in given
    assert [field["name"] for field in json.loads(given)["observation"]] == [
        f"o{number}" for number in range(len(specification["observation"]))
    ]


def test_feedback_gets_a_trace_larger_than_a_pipe(engine):
    rows = 20_000
    blob = np.arange(rows * 6, dtype="<f8").tobytes()
    source = """
class Feedback:
    def summarize_trajectory(self, traj):
        return f"{len(traj)} {traj[-1].cart_position}" + "x" * 5000
"""
    trace = {"rows": [rows], "observation": 4, "action": 1}
    answer = engine.feedback("CartPole-v1", source, trace, blob)
    assert answer["summaries"][0].startswith(f"20000 {(rows - 1) * 6.0}x")
    assert len(answer["summaries"][0]) == 2000


@pytest.mark.parametrize(
    ("body", "kind", "phase", "message"),
    [
        ("return 3", "EXCEPTION", "feedback", r"returned 3 \(int\); expected a str"),
        ("return traj[0].nothing", "EXCEPTION", "feedback", "AttributeError"),
        ("while True: pass", "TIMEOUT", "feedback", "CPU time"),
        ("import os; os._exit(1)", "PROCESS_DIED", "feedback", "exit code 1"),
        ("open('/etc/passwd')", "FORBIDDEN", "feedback", "PermissionError"),
        ("return '\\ud800'", None, None, None),
    ],
)
def test_feedback_fails_as_policies_do(engine, body, kind, phase, message):
    source = f"class Feedback:\n    def summarize_trajectory(self, traj):\n        {body}\n"
    trace = {"rows": [1, 1], "observation": 4, "action": 1}
    limits = {"cpu_s_feedback": 0.3, "cpu_s_load": 0.3}
    answer = engine.feedback("CartPole-v1", source, trace, bytes(96), limits=limits)
    if kind is None:
        assert answer["outcome"] == "completed"
        return
    assert (answer["kind"], answer["phase"]) == (kind, phase)
    assert re.search(message, answer["message"])


def test_progress_is_reported_a_few_times_a_second(engine):
    client = engine.client
    documents = wait_for(client, client.submit(request(source=SLOW, seeds=[1, 2])))
    *progress, (final, _blob) = documents
    assert final["outcome"] == "completed"
    steps = [document["steps"] for document, _blob in progress]
    assert steps == sorted(steps) and steps[-1] <= final["steps"]
    assert 1 <= len(progress) <= 4 * final["seconds"] + 1


def test_a_running_request_can_be_cancelled_and_its_steps_count(engine):
    client = engine.client
    number = client.submit(request(source=SLOW, seeds=list(range(100))))
    while not client.poll(5.0):
        pass
    client.cancel(number)
    final, _blob = wait_for(client, number)[-1]
    assert final["event"] == "result" and final["outcome"] == "cancelled"
    assert final["steps"] > 0


def test_a_waiting_request_can_be_cancelled(engine):
    client = engine.client
    numbers = [client.submit(request(source=SLOW, seeds=list(range(100)))) for _ in range(3)]
    client.cancel(numbers[2])
    final, _blob = wait_for(client, numbers[2])[-1]
    assert final["outcome"] == "cancelled" and final["steps"] == 0
    for number in numbers[:2]:
        client.cancel(number)
        assert wait_for(client, number)[-1][0]["outcome"] == "cancelled"


def test_a_failed_candidate_says_where_it_failed(engine):
    source = """
class P:
    def __init__(self):
        self.calls = 0
    def act(self, obs):
        self.calls += 1
        return 0 if self.calls < 4 else self.plan[0]
"""
    result = engine.rollout("CartPole-v1", source, [1, 2], lockstep=1)
    assert (result["outcome"], result["kind"], result["phase"]) == ("failed", "EXCEPTION", "act")
    assert (result["episode"], result["step"], result["steps"]) == (0, 3, 3)
    assert result["message"] == "AttributeError: 'P' object has no attribute 'plan'"
    assert 'File "policy.py", line 7, in act' in result["traceback"]
    assert "return 0 if self.calls < 4 else self.plan[0]" in result["traceback"]
    assert "runtime.py" not in result["traceback"]


def test_the_class_is_the_named_one_else_the_last_that_acts(engine):
    source = """
class A:
    def act(self, obs):
        return 0
class B:
    def act(self, obs):
        return 1
class Helper:
    pass
"""
    actions = {}
    for name in ("A", "B", ""):
        _result, blob = engine.rollout("CartPole-v1", source, [1], policy_class=name, trace=True)
        actions[name] = np.frombuffer(blob).reshape(-1, 6)[0, 4]
    assert actions == {"A": 0.0, "B": 1.0, "": 1.0}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"environment": "CartPool-v1"}, "Unknown environment.*CartPole-v1"),
        ({"preset": "papre"}, "Unknown preset"),
        ({"seeds": []}, "seeds must be a list"),
        ({"seeds": [-1]}, "a seed must be 0 or more"),
        ({"seeds": ["1"]}, "seeds must be a list"),
        ({"lifetime": "run"}, "lifetime must be one of episode, candidate"),
        ({"lockstep": 0}, "lockstep must be"),
        ({"anonymous": "yes"}, "anonymous must be true or false"),
        ({"limits": {"cpu_s": 1}}, "unknown limit 'cpu_s'"),
        ({"limits": {"cpu_s_step": -1}}, "must be a number above 0"),
        ({"source": None}, "source must be a text"),
        ({"type": "dance"}, "type is rollout or feedback"),
    ],
)
def test_a_bad_request_is_an_error_of_the_caller(engine, fields, message):
    client = engine.client
    ((document, _blob),) = wait_for(client, client.submit(request(**fields)))
    assert document["event"] == "error"
    assert re.search(message, document["message"])


def test_a_trace_of_the_wrong_size_is_an_error_of_the_caller(engine):
    trace = {"rows": [2], "observation": 4, "action": 1}
    answer = engine.feedback("CartPole-v1", "class Feedback: pass", trace, bytes(48))
    assert answer["event"] == "error" and "has 96 bytes; 48 came" in answer["message"]


def test_numpy_and_the_standard_library_work_inside_the_walls(engine):
    source = """
import numpy as np
class P:
    def __init__(self):
        import argparse, asyncio, calendar, colorsys, concurrent.futures, csv, difflib, fractions
        import graphlib, html.parser, logging, numpy.fft, numpy.ma, numpy.polynomial, optparse
        import secrets, shlex, statistics, timeit, tomllib, unittest.mock, uuid, xml.etree
        matrix = np.random.default_rng(0).normal(size=(300, 300))
        gram = matrix @ matrix.T + np.eye(300)
        solved = np.linalg.solve(gram, gram @ np.arange(300.0))
        assert np.allclose(solved, np.arange(300.0), atol=1e-4)
        assert np.allclose(np.linalg.svd(matrix)[1] ** 2, np.linalg.eigvalsh(gram)[::-1] - 1)
        assert np.allclose(np.fft.ifft(np.fft.fft(matrix)), matrix)
        assert secrets.token_bytes(4) and uuid.uuid4()
    def act(self, obs):
        return 0
"""
    result = engine.rollout("CartPole-v1", source, [1])
    assert result["outcome"] == "completed", result


def test_the_episodes_of_a_process_share_their_cpu_time(engine):
    limits = {"cpu_s_episode": 0.1, "cpu_s_step": 10}
    result = engine.rollout("CartPole-v1", SLOW, [1, 2], limits=limits)
    assert (result["outcome"], result["kind"], result["phase"]) == ("failed", "TIMEOUT", "act")
    assert "for all of its episodes (limit 0.2 s)" in result["message"]
    assert result["steps"] > 0


def test_one_call_may_take_all_that_the_author_was_told_of_an_episode():
    assert (Limits().cpu_for_load(10.0), Limits().cpu_for_step(10.0)) == (10.0, 10.0)
    assert (Limits().cpu_for_load(1.0), Limits().cpu_for_step(1.0)) == (5.0, 2.0)
    given = Limits(cpu_s_load=0.5, cpu_s_step=0.1)
    assert (given.cpu_for_load(10.0), given.cpu_for_step(10.0)) == (0.5, 0.1)


def test_limits_are_the_policys_not_the_machines(engine):
    source = "import numpy as np\nclass P:\n    def act(self, obs):\n        return %s\n"
    fits = source % "int(np.ones(5_000_000).sum()) * 0"
    limits = {"memory_mb": 64}
    assert engine.rollout("CartPole-v1", fits, [1], limits=limits)["outcome"] == "completed"
    over = engine.rollout(
        "CartPole-v1", source % "int(np.ones(20_000_000).sum())", [1], limits=limits
    )
    assert (over["kind"], over["phase"]) == ("MEMORY", "act")
