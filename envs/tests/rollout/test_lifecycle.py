"""Processes start proven, end with their owner, and are replaced when they die."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import psutil
import pytest
from promptpo_rollout.client import Client, RolloutError
from promptpo_rollout.local import Engine

GOOD = "class P:\n    def act(self, obs):\n        return int(obs.pole_angle > 0)\n"
ENDLESS = "class P:\n    def act(self, obs):\n        while True:\n            pass\n"


def gone_within(processes, seconds):
    _gone, alive = psutil.wait_procs(processes, timeout=seconds)
    return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []


def family(pid):
    pool = psutil.Process(pid)
    return [pool, *pool.children(recursive=True)]


def until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def test_nothing_outlives_a_killed_client():
    program = textwrap.dedent(f"""
        import json, sys
        from promptpo_rollout.client import Client
        client = Client.start(sys.executable, 2)
        request = {{"type": "rollout", "environment": "CartPole-v1", "seeds": [1],
                    "source": {ENDLESS!r}, "limits": {{"cpu_s_step": 100}}}}
        for _ in range(2):
            client.submit(json.dumps(request))
        print(client.hello["pid"], flush=True)
        client.poll(100)
    """)
    path = os.pathsep.join(sys.path)
    owner = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": path},
    )
    pid = int(owner.stdout.readline())
    # The pool, two workers, two templates and two busy policies.
    until(lambda: len(family(pid)) == 7)
    processes = family(pid)
    owner.kill()
    owner.wait()
    owner.stdout.close()
    assert gone_within(processes, 2.0)


def test_nothing_outlives_a_closed_client():
    client = Client.start(sys.executable, 1)
    client.submit(
        json.dumps(
            {"type": "rollout", "environment": "CartPole-v1", "seeds": [1], "source": ENDLESS}
        )
    )
    pid = client.hello["pid"]
    until(lambda: len(family(pid)) == 4)
    processes = family(pid)
    client.close()
    assert gone_within(processes, 2.0)
    client.close()


def running_policy(engine, **limits):
    """The process of a policy that goes on for ever, once it is past its walls."""
    client = engine.client
    request = {"type": "rollout", "environment": "CartPole-v1", "seeds": [1], "source": ENDLESS}
    client.submit(json.dumps(request | {"limits": limits}))
    pid = client.hello["pid"]
    until(lambda: len(family(pid)) == 4)
    (worker,) = psutil.Process(pid).children()
    (template,) = worker.children()
    (policy,) = template.children()
    until(lambda: policy.cpu_times().user > 0.1)
    return policy


@pytest.mark.parametrize("level", ["sandbox", "process"])
def test_a_policys_process_has_two_pipes_and_a_fixed_environment(level):
    with Engine(workers=1, isolation=level) as engine:
        policy = running_policy(engine, cpu_s_step=100)
        folder = f"/proc/{policy.pid}/fd"
        opened = {int(number): os.readlink(f"{folder}/{number}") for number in os.listdir(folder)}
        pipes = [opened.pop(number) for number in (3, 4)]
        assert opened == dict.fromkeys((0, 1, 2), "/dev/null")
        assert all(pipe.startswith("pipe:") for pipe in pipes) and len(set(pipes)) == 2
        assert set(policy.environ()) <= {
            *("LANG", "LC_CTYPE", "PYTHONHASHSEED"),
            *("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"),
        }
        assert policy.num_threads() == 1
        assert os.getsid(policy.pid) == policy.pid


@pytest.mark.parametrize("level", ["sandbox", "process"])
def test_a_policys_process_has_its_resource_limits(level):
    with Engine(workers=1, isolation=level) as engine:
        policy = running_policy(engine, cpu_s_episode=7.5, memory_mb=300)
        template = policy.parent()
        nothing = (0, 0)
        assert policy.rlimit(psutil.RLIMIT_FSIZE) == nothing
        assert policy.rlimit(psutil.RLIMIT_NPROC) == nothing
        assert policy.rlimit(psutil.RLIMIT_CORE) == nothing
        assert policy.rlimit(psutil.RLIMIT_MEMLOCK) == nothing
        assert policy.rlimit(psutil.RLIMIT_MSGQUEUE) == nothing
        assert policy.rlimit(psutil.RLIMIT_NOFILE) == (64, 64)
        soft, hard = policy.rlimit(psutil.RLIMIT_AS)
        # What was asked for on top of what the template had mapped when it forked.
        assert soft == hard
        assert 0 < soft - (300 << 20) <= template.memory_info().vms + (16 << 20)
        # The whole seconds that hold the 7.5 s asked for, then one for SIGXCPU to be heard.
        assert policy.rlimit(psutil.RLIMIT_CPU) == (8, 9)


def test_a_killed_worker_costs_its_job_and_is_replaced():
    with Engine(workers=1) as engine:
        client = engine.client
        number = client.submit(
            json.dumps(
                {"type": "rollout", "environment": "CartPole-v1", "seeds": [1], "source": ENDLESS}
            )
        )
        pid = client.hello["pid"]
        until(lambda: len(family(pid)) == 4)
        (worker,) = psutil.Process(pid).children()
        left = worker.children(recursive=True)
        os.kill(worker.pid, signal.SIGKILL)
        ((text, _blob),) = client.poll(10.0)
        document = json.loads(text)
        assert (document["event"], document["id"]) == ("error", number)
        assert "worker 0 ended" in document["message"]
        assert gone_within(left, 2.0)
        assert engine.rollout("CartPole-v1", GOOD, [1])["outcome"] == "completed"


def test_a_worker_that_cannot_hear_a_cancellation_is_replaced():
    with Engine(workers=1) as engine:
        client = engine.client
        number = client.submit(
            json.dumps(
                {"type": "rollout", "environment": "CartPole-v1", "seeds": [1], "source": ENDLESS}
            )
        )
        pid = client.hello["pid"]
        until(lambda: len(family(pid)) == 4)
        (worker,) = psutil.Process(pid).children()
        worker.suspend()
        client.cancel(number)
        ((text, _blob),) = client.poll(30.0)
        document = json.loads(text)
        assert (document["id"], document["outcome"]) == (number, "cancelled")
        assert engine.rollout("CartPole-v1", GOOD, [1])["outcome"] == "completed"


def test_a_killed_template_costs_its_job_and_is_replaced():
    with Engine(workers=1) as engine:
        (worker,) = psutil.Process(engine.client.hello["pid"]).children()
        (template,) = worker.children()
        template.kill()
        first = engine.rollout("CartPole-v1", GOOD, [1])
        assert first["event"] == "error" and "template" in first["message"]
        assert engine.rollout("CartPole-v1", GOOD, [1])["outcome"] == "completed"


def test_a_killed_pool_is_an_error_of_the_client():
    client = Client.start(sys.executable, 1)
    processes = family(client.hello["pid"])
    os.kill(client.hello["pid"], signal.SIGKILL)
    with pytest.raises(RolloutError, match="the rollout pool is gone"):
        client.poll(10.0)
    assert gone_within(processes, 2.0)
    client.close()


def test_keys_do_not_reach_the_pool(monkeypatch):
    monkeypatch.setenv("GEMINI_API_KEY", "secret")
    monkeypatch.setenv("SOME_TOKEN", "secret")
    monkeypatch.setenv("SUMO_HOME", "/somewhere")
    with Client.start(sys.executable, 1) as client:
        for process in family(client.hello["pid"]):
            assert "secret" not in process.environ().values()
        assert psutil.Process(client.hello["pid"]).environ()["SUMO_HOME"] == "/somewhere"


def test_poll_waits_no_longer_than_it_is_told(engine):
    started = time.monotonic()
    assert engine.client.poll(0.05) == []
    assert 0.04 < time.monotonic() - started < 5.0
    assert engine.client.poll(0.0) == []


def test_the_level_process_is_given_only_by_name_and_says_so():
    with Engine(workers=1, isolation="process") as engine:
        found = engine.client.hello["self_test"]
        assert engine.client.hello["isolation"] == "process"
        assert {name for name, value in found.items() if value == "refused"} >= {
            "environment",
            "descriptors",
            "memory",
        }
        assert found["canary_read"] == "allowed"
        result = engine.rollout("CartPole-v1", GOOD, [1])
        assert result["outcome"] == "completed" and result["isolation"] == "process"
        # Waiting costs no CPU time: only the wall's backstop ends it.
        sleeper = "import time\nclass P:\n    def act(self, obs):\n        time.sleep(1000)\n"
        limits = {"cpu_s_step": 0.01, "wall_s": 0.3}
        result = engine.rollout("CartPole-v1", sleeper, [1], limits=limits)
        assert (result["kind"], result["wall"]) == ("TIMEOUT", True)


@pytest.mark.parametrize("level", ["none", "in-process", ""])
def test_no_other_level_exists(level):
    with pytest.raises(RolloutError, match="isolation must be `sandbox` or `process`"):
        Client.start(sys.executable, 1, level)


def test_an_interpreter_without_the_packages_says_what_is_missing(tmp_path):
    folder = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    with pytest.raises(RolloutError, match="No module named"):
        Client.start(str(folder / "bin" / "python"), 1)
