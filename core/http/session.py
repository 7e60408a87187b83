"""How does a browser come to hold a session, and how does it give it back?

The sign-in form hands out a ticket, valid once, for seconds, and only for
the browser that holds the pre-session cookie. A script of ours exchanges it
here for the session cookie, which no script can read.
"""

import json
from collections.abc import Callable
from json import JSONDecodeError
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from core.accounts.sessions import LIFE, Session
from core.http import replies
from core.http.headers import is_over_tls
from core.http.origin import is_same_site_fetch
from core.kernel.errors import AppError, InputError, NotAllowedError, NotSignedInError
from core.services import Services

SESSION_COOKIE = "stockener_sid"
PRESESSION_COOKIE = "stockener_pre"
_MAX_BODY = 1024
_MAX_COOKIE = 200


def token_of(cookies: dict[str, str]) -> str:
    """Return the session token that a browser sent, empty when it sent none."""
    return cookies.get(SESSION_COOKIE, "")[:_MAX_COOKIE]


def session_of(connection: HTTPConnection, services: Services) -> Session | None:
    """Return who is signed in on a connection, by the row in the database."""
    token = token_of(connection.cookies)
    return services.sessions.check(token) if token else None


def session_endpoint(services: Callable[[], Services]) -> Callable[..., Any]:
    """Return the endpoint of `/api/session`: POST signs in, DELETE out."""

    async def endpoint(request: Request) -> Response:
        parts = services()
        if not is_same_site_fetch(request.headers, parts.settings):
            return replies.refusal(
                NotAllowedError("This request does not come from our own pages.")
            )
        try:
            if request.method == "DELETE":
                return await run_in_threadpool(_sign_out, request, parts)
            ticket = await _ticket(request)
            return await run_in_threadpool(_sign_in, request, parts, ticket)
        except AppError as error:
            return replies.refusal(error)

    return endpoint


async def _ticket(request: Request) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise InputError("The ticket must come as application/json.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY:
            raise InputError("The request is longer than a ticket can be.")
    try:
        ticket = json.loads(body)["ticket"]
    except (JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise InputError("The request holds no ticket.") from error
    if not isinstance(ticket, str):
        raise InputError("The request holds no ticket.")
    return ticket


def _sign_in(request: Request, services: Services, ticket: str) -> Response:
    presession = request.cookies.get(PRESESSION_COOKIE, "")
    if not presession:
        raise NotSignedInError(
            "Your browser keeps no cookies for this site.",
            "Allow them, reload the page and sign in again.",
        )
    agent = request.headers.get("user-agent", "")
    token = services.sessions.redeem_ticket(ticket, presession, agent)
    session = services.sessions.check(token)
    if session is None:
        raise NotSignedInError("Signing in took too long.", "Sign in again.")
    old = token_of(request.cookies)
    if old:
        services.sessions.end(old)
    services.audit.record("session.start", actor=f"user:{session.user.user_id}")
    response = Response(status_code=204, headers={"Cache-Control": "no-store"})
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(LIFE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=is_over_tls(services.settings),
    )
    return response


def _sign_out(request: Request, services: Services) -> Response:
    end_session(services, token_of(request.cookies))
    response = Response(status_code=204, headers={"Cache-Control": "no-store"})
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")
    return response


def end_session(services: Services, token: str) -> None:
    """Sign a browser out and write it down."""
    session = services.sessions.check(token) if token else None
    if session is not None:
        services.sessions.end(token)
        services.audit.record("session.end", actor=f"user:{session.user.user_id}")
