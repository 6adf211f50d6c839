"""One pool of two workers for all tests of the engine that do not need their own."""

import pytest
from promptpo_rollout.local import Engine


@pytest.fixture(scope="session")
def engine():
    with Engine(workers=2) as engine:
        yield engine
