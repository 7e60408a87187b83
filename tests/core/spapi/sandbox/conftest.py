"""A double that all these tests share, and its callers."""

from collections.abc import Iterator

import pytest

from core.spapi.sandbox.world import World
from tests.building.sandbox import Caller, SellerLine, running_sandbox, small_world


@pytest.fixture(scope="session")
def world() -> World:
    return small_world(120)


@pytest.fixture(scope="session")
def sellers(world: World) -> Iterator[list[SellerLine]]:
    with running_sandbox(world) as lines:
        yield lines


@pytest.fixture(scope="session")
def callers(sellers: list[SellerLine]) -> dict[str, Caller]:
    return {line.region: Caller(line) for line in sellers}


@pytest.fixture
def us(callers: dict[str, Caller]) -> Caller:
    return callers["NA"]
