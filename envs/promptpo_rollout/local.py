"""The engine from Python, for tests and scripts: submit, wait, get the final document."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence

from promptpo_rollout.client import Client


class Engine:
    """A pool of its own; a context manager."""

    def __init__(self, workers: int = 1, isolation: str = "sandbox") -> None:
        self.client = Client.start(sys.executable, workers, isolation)

    def register(self, text: str) -> None:
        """Give the workers the files of a user's environment (a bundle's text)."""
        self.client.submit('{"type": "register"}', text.encode("utf-8"))

    def rollout(self, environment: str, source: str, seeds: Sequence[int], **options: object):
        """Run one policy; the final document (``(document, trace)`` where ``trace=True``)."""
        request = {
            "type": "rollout",
            "environment": environment,
            "source": source,
            "seeds": list(seeds),
            **options,
        }
        ((document, blob),) = self.run_all([request])
        return (document, blob) if options.get("trace") else document

    def feedback(
        self, environment: str, source: str, trace: dict, blob: bytes, **options: object
    ) -> dict:
        """Summarise a trace; the final document."""
        request = {
            "type": "feedback",
            "environment": environment,
            "source": source,
            "trace": trace,
            **options,
        }
        ((document, _blob),) = self.run_all([request], [blob])
        return document

    def run_all(
        self, requests: Sequence[dict], blobs: Sequence[bytes] = (), timeout_s: float = 300.0
    ) -> list[tuple[dict, bytes]]:
        """Run requests at once; their final documents in order. TimeoutError after a while."""
        blobs = list(blobs) or [b""] * len(requests)
        ids = [
            self.client.submit(json.dumps(request), blob)
            for request, blob in zip(requests, blobs, strict=True)
        ]
        found: dict[int, tuple[dict, bytes]] = {}
        deadline = time.monotonic() + timeout_s
        while len(found) < len(ids):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(ids) - len(found)} requests are not answered")
            for text, blob in self.client.poll(0.5):
                document = json.loads(text)
                if document["event"] != "progress":
                    found[document["id"]] = (document, blob)
        return [found[number] for number in ids]

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.client.close()
