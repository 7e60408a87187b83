"""The double of SP-API as a server on this machine's loopback.

What is not true to Amazon stands in the docstrings of `answers` and `world`.
"""

import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO, TypedDict, Unpack

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.kernel.clock import Clock, SystemClock
from core.kernel.errors import AppError
from core.spapi.operations import OPERATIONS, Operation
from core.spapi.sandbox import world as worlds
from core.spapi.sandbox.buckets import Rates
from core.spapi.sandbox.double import ANSWERS, Double
from core.spapi.sandbox.faults import Faults
from core.spapi.sandbox.refusals import RefusedError
from core.spapi.sandbox.world import World

_LAST_SECONDS = 2


async def _unknown(_request: Request) -> Response:
    message = "Access to requested resource is denied."
    refused = RefusedError(403, "MissingAuthenticationToken", message)
    return JSONResponse(refused.body(), 403)


def make_app(
    world: World,
    rates: Rates = "fast",
    clock: Clock | None = None,
    faults: Faults | None = None,
) -> Starlette:
    """Return the double as an application.

    Args:
        world: What it shows.
        rates: `amazon` keeps the limits of the table, `fast` raises them.
        clock: Its calendar bounds windows; its real side ends the life of
            tokens and refills buckets.
        faults: What goes wrong on purpose.
    """
    double = Double(world, rates, clock or SystemClock(world.now), faults or Faults())
    routes = [
        Route("/auth/o2/token", double.token, methods=["POST"]),
        Route("/documents/{document_id}", double.download),
        *(
            Route(found.path, _endpoint(double, found), methods=[found.method])
            for found in OPERATIONS.values()
            if found.name in ANSWERS
        ),
        Route("/{path:path}", _unknown, methods=["GET", "POST", "PUT", "DELETE"]),
    ]

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        double.reports.close()

    return Starlette(routes=routes, lifespan=lifespan)


def _endpoint(double: Double, operation: Operation) -> Callable[..., Any]:
    async def answer(request: Request) -> Response:
        return await double.operate(operation, request)

    return answer


def seller_lines(world: World, port: int) -> list[dict[str, str]]:
    """Return what a client needs to know, one entry per region."""
    endpoint = f"http://127.0.0.1:{port}"
    return [
        {
            "region": seller.region,
            "endpoint": endpoint,
            "lwa_endpoint": endpoint,
            "seller_id": seller.seller_id,
            "refresh_token": seller.refresh_token,
            "client_id": world.client_id,
            "client_secret": world.client_secret,
        }
        for seller in world.sellers
    ]


def listen(port: int) -> socket.socket:
    """Return a listening loopback socket; port 0 takes a free one.

    Raises:
        AppError: The port is taken.
    """
    # The protocol is named so that asyncio turns delayed sending off: 40 ms a call.
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(("127.0.0.1", port))
        taken.listen(128)
    except (OSError, OverflowError) as error:
        taken.close()
        raise AppError(
            f"The sandbox cannot listen on port {port}: it is taken or not allowed.",
            "Choose another one with --port, or 0 for any free one.",
        ) from error
    return taken


def run(
    port: int,
    world: World,
    rates: Rates,
    faults: Faults,
    now: datetime | None,
    out: TextIO,
) -> None:
    """Serve a world until the process is told to end."""
    taken = listen(port)
    app = make_app(world, rates, SystemClock(now), faults)
    out.writelines(
        json.dumps(line) + "\n" for line in seller_lines(world, taken.getsockname()[1])
    )
    out.flush()
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=_LAST_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[taken])


class Choices(TypedDict):
    """What can be chosen for `python -m core sandbox`."""

    port: int
    """0 takes a free one."""
    orders: Path | None
    """Real order lines to build the world around; None for a made-up one."""
    skus: int
    """How many SKUs a made-up seller has."""
    seed: int
    """Chooses among worlds and among strokes of bad luck."""
    began: date | None
    """The first day of a made-up history; two years ago when None."""
    rates: Rates
    """`amazon` keeps the limits of the table, `fast` raises them."""
    faults: str
    """See `core.spapi.sandbox.faults`."""
    now: datetime | None
    """The calendar stands still here; None for the real one."""
    out: TextIO
    """Where the line of every region goes."""


def serve(**choices: Unpack[Choices]) -> None:
    """Make a world and serve it until the process is told to end.

    Raises:
        AppError: The port is taken, or the order lines cannot be read.
    """
    seed, orders, now = choices["seed"], choices["orders"], choices["now"]
    # A taken port is said before a world is made, not after.
    listen(choices["port"]).close()
    faults = Faults.parse(choices["faults"], seed)
    at = now or SystemClock().now()
    if orders is None:
        shown = worlds.seeded(choices["skus"], seed, at, choices["began"])
    else:
        shown = worlds.from_orders(orders, at)
    run(choices["port"], shown, choices["rates"], faults, now, choices["out"])
