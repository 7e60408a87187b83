"""A running double of SP-API on a free loopback port."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import uvicorn

from core.kernel.clock import Clock, SystemClock
from core.spapi.sandbox.buckets import Rates
from core.spapi.sandbox.faults import Faults
from core.spapi.sandbox.server import listen, make_app, seller_lines
from core.spapi.sandbox.world import World, seeded

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SellerLine:
    """What the sandbox prints for one region."""

    region: str
    endpoint: str
    lwa_endpoint: str
    seller_id: str
    refresh_token: str
    client_id: str
    client_secret: str


@lru_cache(maxsize=4)
def small_world(skus: int = 60, seed: int = 1, now: datetime = NOW) -> World:
    """Return a made-up world; the same one for the same arguments."""
    return seeded(skus, seed, now)


@contextmanager
def running_sandbox(
    world: World | None = None,
    *,
    rates: Rates = "fast",
    faults: str = "",
    clock: Clock | None = None,
    seed: int = 1,
) -> Iterator[list[SellerLine]]:
    """Serve a world from a thread; yield the line of every region.

    Args:
        world: `small_world()` when not given.
        rates: `amazon` keeps the limits of the table.
        faults: See `core.spapi.sandbox.faults`.
        clock: The calendar stands still at the world's now when not given.
        seed: Of the faults.
    """
    world = world or small_world()
    clock = clock or SystemClock(world.now)
    app = make_app(world, rates, clock, Faults.parse(faults, seed))
    taken = listen(0)
    config = uvicorn.Config(app, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([taken],), daemon=True)
    thread.start()
    try:
        port = taken.getsockname()[1]
        yield [SellerLine(**line) for line in seller_lines(world, port)]
    finally:
        server.should_exit = True
        thread.join(10)
        taken.close()
