"""Which addresses are shut, and which open only to people we know?

Streamlit brings addresses of its own: some serve other tools, some hand out
a page's files to whoever names them. This stands before all of them.
"""

import re
from collections.abc import Callable
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.http import replies
from core.http.origin import is_our_host, is_our_page
from core.http.session import session_of
from core.http.stream import guarded
from core.services import Services

OPEN = (
    "/static",
    "/manifest.json",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/stream",
)
"""For everybody: what Streamlit's page loads before anybody signs in."""

MEMBERS = ("/media", "/component", "/_stcore/upload_file", "/_stcore/bidi-components")
"""For people who are signed in: files that pages made or took.

Whatever else Streamlit serves is shut: metrics, an agent's interface, its own
sign-in, the app for any address.
"""

_ANY_HOST = "/healthz"
_SLASHES = re.compile(r"/+")


class Doors:
    """Refuses what a visitor has no business with.

    Args:
        services: Called when needed.
        ours: Our own addresses, which guard themselves; where one ends in a
            slash, all that lie below it.
    """

    def __init__(
        self, app: ASGIApp, services: Callable[[], Services], ours: frozenset[str]
    ) -> None:
        self._app = app
        self._services = services
        self._ours = ours
        self._below_ours = tuple(path for path in ours if path[1:].endswith("/"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "websocket":
            await self._stream(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, settings = Headers(scope=scope), self._services().settings
        # Browsers always name the origin; what names none is no browser, and
        # holds nobody's cookie against his will.
        is_foreign = "origin" in headers and not is_our_page(headers, settings)
        if is_foreign or not is_our_host(headers, settings):
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        is_member = partial(self._is_member, HTTPConnection(scope))
        await self._app(scope, guarded(receive, send, is_member), send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._refusal(HTTPConnection(scope)) or self._app
        await answer(scope, receive, send)

    async def _refusal(self, connection: HTTPConnection) -> Response | None:
        path = _SLASHES.sub("/", connection.scope["path"]).lower()
        services = self._services()
        if path != _ANY_HOST and not is_our_host(connection.headers, services.settings):
            return replies.said(
                421,
                "This instance does not know itself by this name.",
                "Set STOCKENER_PUBLIC_URL to the address that people use.",
            )
        if _below(path, MEMBERS):
            if await self._is_member(connection):
                return None
            return replies.refusal(replies.not_signed_in())
        if path in self._ours or path.startswith(self._below_ours):
            return None
        if _below(path, OPEN):
            return None
        return replies.refusal(replies.no_such_address())

    async def _is_member(self, connection: HTTPConnection) -> bool:
        return bool(await run_in_threadpool(session_of, connection, self._services()))


def _below(path: str, prefixes: tuple[str, ...]) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes)
