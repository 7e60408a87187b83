"""How does the double take a request: token, quota, parameters, answer?

Faults strike where they would at Amazon.
"""

import json
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from core.kernel.clock import Clock
from core.spapi.operations import Operation
from core.spapi.sandbox import answers, inbound, report_answers
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
from core.spapi.sandbox.reports.life import Reports
from core.spapi.sandbox.tokens import TOKEN_SECONDS, Tokens
from core.spapi.sandbox.world import World

ANSWERS: Mapping[str, Answering] = {
    "getMarketplaceParticipations": answers.participations,
    "getInventorySummaries": answers.inventory,
    "createReport": report_answers.create,
    "getReport": report_answers.one,
    "getReports": report_answers.many,
    "getReportDocument": report_answers.document,
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
            await self._fail()
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

    async def _fail(self) -> None:
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
