"""Is this an answer at all? The wire, without the library's leniency.

The library takes any answer without an `errors` array for a good, empty one:
an HTML page, a truncated body, a redirect. Here they are errors.
"""

import logging
import ssl
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx
from sp_api.base._transport_httpx import HttpxTransport

from core.kernel.errors import SpApiError, ThrottledError, UnavailableError
from core.kernel.settings import is_loopback

CONNECT_SECONDS = 10.0
LATER = "Try again in a few minutes: the figures that are here stay as they are."

# Both write whole addresses, presigned ones included, at INFO and below.
for _chatty in ("httpx", "httpcore"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)


@cache
def tls_context() -> ssl.SSLContext:
    """Return the one TLS context of the process: making one takes 40 ms."""
    return ssl.create_default_context()


def http_client(address: str, timeout_seconds: float) -> httpx.Client:
    """Return a client that follows no redirect and, on loopback, no proxy."""
    return httpx.Client(
        verify=tls_context(),
        timeout=httpx.Timeout(timeout_seconds, connect=CONNECT_SECONDS),
        trust_env=not is_loopback(address),
        follow_redirects=False,
    )


def origin(address: str) -> tuple[str, str, int | None]:
    """Return what decides where a request goes: scheme, host and port."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname or "", parts.port


class StrictTransport(HttpxTransport):  # type: ignore[misc]  # the library is untyped
    """Sends to one address only and lets nothing but Amazon's words through."""

    def __init__(self, endpoint: str, timeout_seconds: float) -> None:
        super().__init__(client=http_client(endpoint, timeout_seconds))
        self._origin = origin(endpoint)

    def request(self, method: str, url: str, **sent: Any) -> httpx.Response:
        """Send a request and return an answer that is Amazon's.

        Raises:
            UnavailableError: There is none, or it is not Amazon's.
            ThrottledError: Amazon asks us to slow down without saying why.
        """
        if origin(url) != self._origin:
            raise UnavailableError(
                "A request would have left the address of its connection.",
                "Connect the account again.",
            )
        try:
            answer: httpx.Response = super().request(method, url, **sent)
        except httpx.TimeoutException as error:
            raise UnavailableError("Amazon takes too long to answer.", LATER) from error
        except httpx.HTTPError as error:
            raise UnavailableError("Amazon cannot be reached.", LATER) from error
        _refuse_nonsense(answer)
        return answer


def _refuse_nonsense(answer: httpx.Response) -> None:
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise _not_an_answer(answer, "The answer is not one of Amazon's.")
    if not answer.is_success and not body.get("errors"):
        raise _not_an_answer(answer, "Amazon failed without saying why.")


def _not_an_answer(answer: httpx.Response, message: str) -> SpApiError:
    status = answer.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return ThrottledError("Amazon asks us to slow down.", LATER, status=status)
    return UnavailableError(f"{message} (HTTP {status})", LATER, status=status)
