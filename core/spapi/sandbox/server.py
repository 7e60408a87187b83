"""The double of SP-API as a server on this machine's loopback.

A request is answered in this order: token, path, quota, parameters, answer;
faults strike where they would at Amazon. What is not true to Amazon stands
in the docstrings of `answers` and `world`.
"""

import json
import socket
import uuid
from collections.abc import Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import parse_qs

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from core.kernel.clock import Clock, SystemClock
from core.kernel.errors import AppError
from core.spapi.operations import OPERATIONS, Operation
from core.spapi.sandbox import answers, inbound
from core.spapi.sandbox.answers import Answering, Call, House
from core.spapi.sandbox.buckets import Buckets, Rates
from core.spapi.sandbox.faults import Faults
from core.spapi.sandbox.pages import Pages
from core.spapi.sandbox.refusals import (
    RefusedError,
    check_names,
    check_query,
    invalid,
    over_quota,
)
from core.spapi.sandbox.reports import Reports
from core.spapi.sandbox.tokens import TOKEN_SECONDS, Tokens
from core.spapi.sandbox.world import World

ANSWERS: Mapping[str, Answering] = {
    "getMarketplaceParticipations": answers.participations,
    "getInventorySummaries": answers.inventory,
    "createReport": answers.create_report,
    "getReport": answers.report,
    "getReports": answers.reports,
    "getReportDocument": answers.document,
    "getShipments": inbound.shipments,
    "getShipmentItemsByShipmentId": inbound.items_by_shipment,
    "getShipmentItems": inbound.items,
    "searchCatalogItems": answers.catalog,
}
_HTML = "<html><body><h1>Service Unavailable</h1></body></html>"
_MAY_ANNOUNCE = frozenset({200, 202, 400, 404})


class Double:
    """The state behind the routes."""

    def __init__(
        self, world: World, rates: Rates, clock: Clock, faults: Faults
    ) -> None:
        seconds = faults.number("token-expiry", TOKEN_SECONDS)
        self.faults, self.clock = faults, clock
        self.tokens = Tokens(world, clock, seconds)
        self.buckets = Buckets(rates, clock)
        self.reports = Reports(world, clock, rates, faults)
        self.house = House(world, clock, faults, Pages(clock, faults), self.reports)

    async def token(self, request: Request) -> Response:
        """Answer Login with Amazon's token endpoint."""
        if self.faults.strikes("lwa-html"):
            return Response(_HTML, 503, media_type="text/html")
        text = (await request.body()).decode("utf-8", "replace")
        given = {name: found[0] for name, found in parse_qs(text).items()}
        if request.headers.get("content-type", "").startswith("application/json"):
            given = json.loads(text)
        answer = self.tokens.exchange(given)
        return JSONResponse(answer.body, answer.status)

    async def operate(self, operation: Operation, request: Request) -> Response:
        """Answer one operation of SP-API."""
        try:
            seller = self.tokens.seller(request.headers.get("x-amz-access-token"))
            if self.faults.strikes("429") or not self.buckets.take(
                operation, seller.seller_id
            ):
                raise over_quota()
            await self._fail(operation)
            query = parse_qs(request.url.query, keep_blank_values=True)
            call = Call(
                seller=seller,
                path=request.path_params,
                query=query,
                body=await _body(operation, request, query),
                base=_base(request),
            )
            answer = await run_in_threadpool(ANSWERS[operation.name], self.house, call)
        except RefusedError as refused:
            return self._reply(operation, refused.status, refused.body())
        status = 202 if operation.method == "POST" else 200
        return self._reply(operation, status, answer)

    async def download(self, request: Request) -> Response:
        """Hand a document out, as its host would."""
        identity = request.path_params["document_id"]
        if self.faults.strikes("document-500"):
            return Response("", 500)
        documents = self.reports.documents
        refusal = documents.refusal(identity, dict(request.query_params))
        if refusal:
            return Response(refusal, 403, media_type="application/xml")
        document = documents.get(identity)
        if document is None:
            return Response("", 404)
        headers = {"content-type": document.content_type}
        if self.faults.strikes("gzip-truncated"):
            whole = document.path.read_bytes()
            return Response(whole[: len(whole) * 2 // 3], headers=headers)
        return FileResponse(document.path, headers=headers)

    async def _fail(self, operation: Operation) -> None:
        if self.faults.strikes("slow"):
            await anyio.sleep(self.faults.number("slow", 2))
        for name, code in (("500", "InternalFailure"), ("503", "ServiceUnavailable")):
            if self.faults.strikes(name):
                raise RefusedError(int(name), code, "We encountered an internal error.")

    def _reply(self, operation: Operation, status: int, body: Any) -> Response:
        headers = {"x-amzn-RequestId": str(uuid.uuid4())}
        if status in _MAY_ANNOUNCE:
            rate, _ = self.buckets.limit(operation)
            headers["x-amzn-RateLimit-Limit"] = f"{rate:g}"
        if self.faults.strikes("html"):
            return Response(_HTML, 503, media_type="text/html")
        if self.faults.strikes("empty"):
            body = {}
        reply = JSONResponse(body, status, headers)
        if self.faults.strikes("truncated"):
            half = bytes(reply.body)[: len(reply.body) // 2]
            return Response(half, status, headers, "application/json")
        if self.faults.strikes("disconnect"):
            reply.headers["content-length"] = str(len(reply.body) + 100)
        return reply


async def _body(
    operation: Operation, request: Request, query: dict[str, list[str]]
) -> Mapping[str, Any]:
    if operation.method == "GET":
        check_query(operation, query)
        return {}
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise invalid("The body is not JSON.") from error
    if not isinstance(body, dict):
        raise invalid("The body is not an object.")
    check_names(operation, body)
    return body


def _base(request: Request) -> str:
    # The client sends a broken Host header: the address is the socket's.
    host, port = request.scope["server"]
    return f"http://{host}:{port}"


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
    async def lifespan(_app: Starlette) -> Any:
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
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
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
    out.writelines(json.dumps(line) + "\n" for line in seller_lines(world, taken.getsockname()[1]))
    out.flush()
    config = uvicorn.Config(app, log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[taken])


def serve(
    port: int,
    orders: Path | None,
    skus: int,
    seed: int,
    rates: Rates,
    faults: str,
    now: datetime | None,
    out: TextIO,
) -> None:
    """Make a world and serve it: `python -m core sandbox`.

    Args:
        port: 0 takes a free one.
        orders: Real order lines to build the world around, None for a made-up one.
        skus: How many SKUs a made-up seller has.
        seed: Chooses among worlds and among strokes of bad luck.
        rates: `amazon` or `fast`.
        faults: See `core.spapi.sandbox.faults`.
        now: The calendar stands still here; None for the real one.
        out: Where the line of every region goes.
    """
    from core.spapi.sandbox import world

    listen(port).close()
    parsed = Faults.parse(faults, seed)
    at = now or SystemClock().now()
    if orders is None:
        shown = world.seeded(skus, seed, at)
    else:
        shown = world.from_orders(orders, at)
    run(port, shown, rates, parsed, now, out)
