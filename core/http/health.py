"""Is the instance alive, and how busy is it?"""

import hmac
from collections.abc import Callable
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    ProcessCollector,
    generate_latest,
)
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.database.control import reading
from core.http import replies
from core.kernel.errors import AppError
from core.services import Services

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
_ANSWERS = Counter(
    "stockener_http_answers",
    "HTTP answers, by the first part of the address and by status.",
    ("area", "status"),
    registry=REGISTRY,
)
_AREAS = frozenset({"api", "_stcore", "static", "media", "healthz", "metrics"})


def health_endpoint(services: Callable[[], Services]) -> Callable[..., Any]:
    """Return the endpoint of `/healthz`: open to all, without details."""

    def endpoint(_request: Request) -> Response:
        try:
            with reading(services().control) as connection:
                connection.execute(text("select 1"))
        except (AppError, SQLAlchemyError):
            return JSONResponse({"status": "unavailable"}, status_code=503)
        return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})

    return endpoint


def metrics_endpoint(services: Callable[[], Services]) -> Callable[..., Any]:
    """Return the endpoint of `/metrics`: only with the token, if there is one."""

    def endpoint(request: Request) -> Response:
        expected = services().settings.metrics_token.get_secret_value()
        if not expected:
            return replies.refusal(replies.no_such_address())
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {expected}".encode()):
            answer = replies.said(401, "The token of /metrics is missing or wrong.")
            answer.headers["WWW-Authenticate"] = "Bearer"
            return answer
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    return endpoint


class Counting:
    """Counts every HTTP answer; no address that could name a seller is kept."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and count its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        first = scope["path"].strip("/").partition("/")[0]
        area = first if first in _AREAS else "page"

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                _ANSWERS.labels(area, str(message["status"])).inc()
            await send(message)

        await self._app(scope, receive, counted)
