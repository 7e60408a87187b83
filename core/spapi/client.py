"""What does one seller account answer? The client of one connection.

Built on python-amazon-sp-api, whose requests and typed errors it uses; what
that library lets through is stopped in `transport` and `answers`.
"""

import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import httpx
from sp_api.base import Client, Marketplaces, SellingApiException
from sp_api.base._core import build_headers
from sp_api.base.credential_provider import FromCodeCredentialProvider
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)

from core.kernel import log
from core.kernel.clock import Clock
from core.kernel.errors import (
    SpApiError,
    StoppedError,
    ThrottledError,
    UnavailableError,
)
from core.spapi import documents, pages
from core.spapi.answers import (
    Answer,
    Json,
    Request,
    TokenRefusedError,
    prepare,
    read,
    translated,
)
from core.spapi.auth import Access, Tokens
from core.spapi.limits import Limits
from core.spapi.operations import OPERATIONS
from core.spapi.transport import LATER, StrictTransport

T = TypeVar("T")
_LOG = log.get(__name__)

TRIES = 6
API_SECONDS = 60.0
TOKEN_SECONDS = 30.0
STOP_SECONDS = 0.5
"""How soon a wait notices that it should end."""


class Amazon:
    """One connection's client, for any number of threads.

    Args:
        access: Address and keys; the token goes to this address alone.
        limits: The buckets of the whole instance.
        stop: Set by whoever wants all waiting to end.
        timeout_seconds: How long one answer may take.
    """

    def __init__(
        self,
        access: Access,
        *,
        clock: Clock,
        limits: Limits,
        stop: threading.Event | None = None,
        timeout_seconds: float = API_SECONDS,
    ) -> None:
        self.access = access.checked()
        self.clock = clock
        self.limits = limits
        self._stop = stop
        self._tokens = Tokens(access, clock, min(TOKEN_SECONDS, timeout_seconds))
        self._line = _Line(access, self._tokens, timeout_seconds)
        self._files = documents.downloader(access.endpoint, timeout_seconds)

    def __repr__(self) -> str:
        return f"Amazon({self.access!r})"

    def call(self, operation: str, /, **params: Any) -> Answer:
        """Ask one thing, within the limits, up to six times.

        Raises:
            SpApiError: Amazon refuses, or does not answer after all tries.
        """
        request = prepare(OPERATIONS[operation], params)
        # What may have been made must not be made twice: a POST is sent again
        # only when Amazon did not take it.
        again = SpApiError if request.operation.method == "GET" else ThrottledError
        return self.patiently(lambda: self._ask(request), again)

    def pages(self, operation: str, /, **params: Any) -> Iterator[Json]:
        """Yield the payload of every page.

        Raises:
            ChainBrokenError: The token died: what was yielded is no whole.
            UnavailableError: Amazon repeats itself.
        """
        return pages.chain(self.call, operation, params)

    def whole(
        self,
        operation: str,
        /,
        *,
        on_page: Callable[[Json], None] | None = None,
        **params: Any,
    ) -> list[Json]:
        """Return every page of one unbroken chain; start over where it broke.

        `on_page` is told of each page as it comes, for showing progress, and
        of the pages of a broken chain too.
        """
        return pages.whole(self.call, operation, params, on_page)

    def document(
        self, document_id: str, *, fallback: str = "cp1252"
    ) -> documents.Document:
        """Return a report's document, downloaded and verified to its end.

        `fallback` is the encoding of its marketplace, should it not be UTF-8
        and Amazon not name another: cp932 for Japan.
        """
        return documents.fetch(self, self._files, document_id, fallback)

    def ready(self, operation: str) -> bool:
        """Tell whether an operation could be asked without waiting."""
        return self.limits.ready(operation, *self._owner)

    def rate(self, operation: str) -> float:
        """Return how often per second an operation may be asked now."""
        return self.limits.rate(operation, *self._owner)

    def wait(self, seconds: float) -> None:
        """Wait, unless somebody asks us to stop.

        Raises:
            StoppedError: Somebody did.
        """
        if self._stop is None:
            self.clock.sleep(seconds)
            return
        end = self.clock.monotonic() + seconds
        while True:
            if self._stop.is_set():
                raise StoppedError("The sync was stopped.", "Start it again any time.")
            left = end - self.clock.monotonic()
            if left <= 0:
                return
            self.clock.sleep(min(left, STOP_SECONDS))

    def patiently(
        self, act: Callable[[], T], again: type[SpApiError] = SpApiError
    ) -> T:
        """Do something again, after random growing pauses, while it may help."""
        tries = Retrying(
            retry=retry_if_exception(lambda e: isinstance(e, again) and e.retryable),
            stop=stop_after_attempt(TRIES),
            wait=wait_random_exponential(multiplier=0.5, max=30),
            sleep=self.wait,
            before_sleep=_note,
            reraise=True,
        )
        return tries(act)

    def close(self) -> None:
        """Close all connections."""
        for part in (self._line, self._tokens, self._files):
            part.close()

    @property
    def _owner(self) -> tuple[str, str]:
        return self.access.region, self.access.seller_id

    def _ask(self, request: Request) -> Answer:
        token = self._tokens.token()
        try:
            return self._ask_once(request, token)
        except TokenRefusedError:
            self._tokens.evict(token)
        return self._ask_once(request, self._tokens.token())

    def _ask_once(self, request: Request, token: str) -> Answer:
        name = request.operation.name
        throttled = False
        self.limits.acquire(name, *self._owner, sleep=self.wait)
        try:
            answer = self._line.ask(request, token)
            announced = answer.headers.get("x-amzn-ratelimit-limit")
            self.limits.learn(name, *self._owner, announced)
        except SpApiError as error:
            throttled = error.status == httpx.codes.TOO_MANY_REQUESTS
            raise
        else:
            return answer
        finally:
            self.limits.release(name, *self._owner, throttled=throttled)


def _note(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    facts = {"attempt": state.attempt_number, "error": type(error).__name__}
    _LOG.info("asking Amazon again", status=getattr(error, "status", 0), **facts)


class _Line(Client):  # type: ignore[misc]  # the library is untyped
    """The library's client, bound to one address and made strict."""

    def __init__(self, access: Access, tokens: Tokens, timeout_seconds: float) -> None:
        keys = {
            "lwa_app_id": access.client_id,
            "lwa_client_secret": access.client_secret,
            "refresh_token": access.refresh_token,
        }
        super().__init__(
            Marketplaces.US,
            credentials=keys,
            credential_providers=[FromCodeCredentialProvider],
            auth_token_client_class=lambda **_: tokens,
            verify=tokens.verify,
        )
        self.endpoint = access.endpoint.rstrip("/")
        self._transport.close()
        self._transport: StrictTransport = StrictTransport(
            self.endpoint, timeout_seconds
        )

    def ask(self, request: Request, token: str) -> Answer:
        """Send a request and return the answer to it."""
        operation = request.operation
        method = {"method": operation.method}
        headers = build_headers(self.endpoint, self.user_agent, token)
        del headers["host"]  # loses a digit on plain http; httpx knows it
        try:
            answer: httpx.Response = self._request(
                request.path,
                params={**request.query, **method},
                data=dict(request.body),
                headers=headers,
                add_marketplace=False,
            )
        except (TypeError, AttributeError, KeyError, ValueError) as error:
            raise UnavailableError(
                f"Amazon's answer to {operation.name} cannot be read.", LATER
            ) from error
        except SellingApiException as error:
            # Not chained: what it quotes is not scrubbed.
            raise translated(error, operation) from None
        names = ("x-amzn-ratelimit-limit", "x-amzn-requestid")
        told = {name: answer.headers[name] for name in names if name in answer.headers}
        return read(operation, answer.json(), told)

    def _check_response(self, res: httpx.Response, *_: Any) -> httpx.Response:
        """Let the library raise its typed errors; keep the answer as it came."""
        try:
            super()._check_response(res)
        except SellingApiException as error:
            error.status = res.status_code
            raise
        return res
