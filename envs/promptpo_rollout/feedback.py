"""A Feedback job: a generated class, in a policy process of its own, on recorded episodes."""

from __future__ import annotations

from promptpo_policy import frames
from promptpo_policy.feedback import SUMMARY_LIMIT

from promptpo_rollout.outcome import Failure
from promptpo_rollout.plain_text import plain
from promptpo_rollout.policy_process import Template, Watch, feedback_block
from promptpo_rollout.request import FeedbackRequest
from promptpo_rollout.rollout import policy_seed, seen_by_policy


def summaries(
    request: FeedbackRequest, specification: dict, template: Template, watch: Watch
) -> tuple[list[str], float]:
    """One summary an episode, and the CPU seconds used; raises Failure or Cancelled."""
    limits = request.limits
    total = limits.cpu_for_load() + max(1, len(request.rows)) * limits.cpu_s_feedback
    process = template.fork(limits, total, watch)
    task = {
        "role": "feedback",
        "source": request.source,
        "rows": request.rows,
        "width": request.width,
        "seed": policy_seed(0),
        "cpu_s_load": limits.cpu_for_load(),
        "cpu_s_feedback": limits.cpu_s_feedback,
        "specification": seen_by_policy(specification, request.anonymous),
    }
    found = []
    try:
        process.allow("load", limits.cpu_for_load())
        process.write(frames.encode_document(task))
        start = 0
        trace = memoryview(request.trace)
        for rows in request.rows:
            block = trace[start : start + rows * request.width * 8]
            start += len(block)
            process.allow("feedback", max(limits.cpu_for_load(), limits.cpu_s_feedback), 2)
            process.write(feedback_block(block))
            process.write(block)
            answer = process.read_document()
            summary = answer.get("summary")
            if summary is None:
                raise process.failure_of(answer)
            if not isinstance(summary, str):
                raise process.protocol_failure("its summary is no text")
            found.append(plain(summary[:SUMMARY_LIMIT]))
    except Failure as failure:
        # The episode is known here; the process's own word for it might be anything.
        failure.slot = len(found)
        raise
    finally:
        cpu = process.end().cpu_seconds
    return found, cpu
