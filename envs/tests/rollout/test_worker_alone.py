"""A worker needs no pool: somebody who hands it jobs and hears it, as a task elsewhere would."""

import json
import platform

import pytest
from promptpo_rollout.policy_process import Watch
from promptpo_rollout.wire import WireError
from promptpo_rollout.worker import Worker

SOURCE = "class P:\n    def act(self, obs):\n        return int(obs.pole_angle > 0)\n"


class Desk(Watch):
    """Jobs in, documents out, all of it in memory."""

    def __init__(self, jobs):
        self.jobs = list(jobs)
        self.said = []

    def next_job(self):
        if not self.jobs:
            raise WireError("no more jobs")
        return self.jobs.pop(0)

    def look(self):
        pass

    def say(self, document, blob=b""):
        # What cannot be written down could not travel.
        self.said.append((json.loads(json.dumps(document)), bytes(blob)))


def rollout(number, **fields):
    job = {"type": "rollout", "id": number, "environment": "CartPole-v1", "source": SOURCE}
    return job | {"seeds": [1, 2]} | fields, b""


def test_a_worker_answers_whoever_hands_it_jobs(engine):
    desk = Desk([rollout(5, trace=True), rollout(6, source="x ="), rollout(7, seeds=[])])
    worker = Worker(3, "sandbox", desk)
    try:
        with pytest.raises(WireError):
            worker.serve()
    finally:
        worker._template.close()
    (ready, _), (done, trace), (failed, _), (refused, _) = desk.said
    assert ready["event"] == "ready" and set(ready["self_test"].values()) == {"refused"}
    assert [document["id"] for document in (done, failed, refused)] == [5, 6, 7]
    assert (done["outcome"], failed["kind"], refused["event"]) == ("completed", "SYNTAX", "error")
    for document in (done, failed, refused):
        assert (document["host"], document["worker"]) == (platform.node(), 3)
        assert document["isolation"] == "sandbox"

    there, its_trace = engine.rollout("CartPole-v1", SOURCE, [1, 2], trace=True)
    assert done["returns"] == there["returns"] and trace == its_trace
