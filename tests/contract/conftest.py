"""A client and the server that it talks to."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.building.loopback import Serve, loopback
from tests.building.simulated_clock import SimulatedClock


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock()


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda answer: stack.enter_context(loopback(answer))
