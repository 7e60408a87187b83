"""Who is asking? The access token of one connection, fetched once for all.

The library's token cache ignores `expires_in`, is shared by everything in the
process and lets twenty threads ask twenty times: this one does none of that.
"""

import threading
from dataclasses import dataclass, field

import httpx
from sp_api.auth import AccessTokenClient, AccessTokenResponse
from sp_api.auth.exceptions import AuthorizationError
from sp_api.base._transport_httpx import HttpxTransport

from core.kernel.clock import Clock
from core.kernel.errors import (
    AuthorizationExpiredError,
    SettingsError,
    SpApiError,
    ThrottledError,
    UnavailableError,
)
from core.kernel.settings import is_loopback
from core.spapi.transport import http_client, tls_context

EARLY_SECONDS = 60.0
"""A token is renewed this long before it ends, half its life at most."""
TOKEN_PATH = "/auth/o2/token"  # noqa: S105  # an address, not a secret


@dataclass(frozen=True, slots=True)
class Access:
    """What opens one connection: the address and the keys that belong to it."""

    region: str
    seller_id: str
    endpoint: str
    lwa_endpoint: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)

    def checked(self) -> "Access":
        """Return itself.

        Raises:
            SettingsError: An address is not encrypted, or a key is missing.
        """
        for address in (self.endpoint, self.lwa_endpoint):
            if not address.startswith("https://") and not is_loopback(address):
                raise SettingsError(
                    f"{address} is not an encrypted address.",
                    "A connection's addresses start with https://.",
                )
        if not (self.client_id and self.client_secret and self.refresh_token):
            raise SettingsError(
                "The keys of Login with Amazon are incomplete.",
                "Set STOCKENER_LWA_CLIENT_ID and STOCKENER_LWA_CLIENT_SECRET, and"
                " connect with a refresh token.",
            )
        return self


class Tokens(AccessTokenClient):  # type: ignore[misc]  # the library is untyped
    """The access token of one connection, renewed by one thread at a time."""

    def __init__(self, access: Access, clock: Clock, timeout_seconds: float) -> None:
        keys = _Keys(access.client_id, access.client_secret, access.refresh_token)
        super().__init__(credentials=keys, verify=tls_context())
        self._transport.close()  # the library's own, which proxies loopback
        self._transport: HttpxTransport = HttpxTransport(
            client=http_client(access.lwa_endpoint, timeout_seconds)
        )
        address = access.lwa_endpoint.rstrip("/").removesuffix(TOKEN_PATH)
        scheme, self.host = address.split("://", 1)
        self.scheme = f"{scheme}://"
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at = 0.0

    def token(self) -> str:
        """Return a token that is good for some time; waits for one if need be."""
        with self._lock:
            if not self._token or self._clock.monotonic() >= self._renew_at:
                asked_at = self._clock.monotonic()
                self._token, life = self._fetch()
                early = min(EARLY_SECONDS, life / 2)
                self._renew_at = asked_at + life - early
            return self._token

    def evict(self, token: str) -> None:
        """Forget a token that was refused, unless a newer one is there."""
        with self._lock:
            if self._token == token:
                self._token = ""

    def get_auth(self) -> AccessTokenResponse:
        """Return the token in the library's form."""
        return AccessTokenResponse(access_token=self.token())

    def close(self) -> None:
        """Close the connection to the token endpoint."""
        self._transport.close()

    def _fetch(self) -> tuple[str, float]:
        try:
            address = f"{self.scheme}{self.host}{self.path}"
            answer = self._request(address, self.data, self.headers)
            return str(answer["access_token"]), float(answer.get("expires_in", 3600))
        except AuthorizationError as error:
            raise _refused(error) from error
        except httpx.HTTPError as error:
            raise UnavailableError(
                "Login with Amazon does not answer.",
                "Check the network; the sync goes on by itself next time.",
            ) from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise UnavailableError(
                "The answer of Login with Amazon is not a token.",
                "Try again in a few minutes.",
            ) from error


@dataclass(frozen=True, slots=True, repr=False)
class _Keys:
    """Credentials in the library's spelling."""

    lwa_app_id: str
    lwa_client_secret: str
    refresh_token: str


def _refused(error: AuthorizationError) -> SpApiError:
    status, code = int(error.status_code), str(error.error_code or "")
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return ThrottledError(
            "Login with Amazon asks us to slow down.",
            "Try again in a few minutes.",
            status=status,
            code=code,
        )
    if status not in (400, 401, 403) or not code:
        return UnavailableError(
            "Login with Amazon is not available.",
            "Try again in a few minutes.",
            status=status,
            code=code,
        )
    if code in ("invalid_client", "unauthorized_client"):
        return AuthorizationExpiredError(
            "Login with Amazon does not know this application.",
            "Check STOCKENER_LWA_CLIENT_ID and STOCKENER_LWA_CLIENT_SECRET.",
            status=status,
            code=code,
        )
    return AuthorizationExpiredError(
        "Amazon does not accept the refresh token.",
        "Authorize the application again in Seller Central and connect anew.",
        status=status,
        code=code,
    )
