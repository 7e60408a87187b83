"""Whose access token is this? The double of Login with Amazon."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from core.kernel.clock import Clock
from core.spapi.sandbox.refusals import unauthorized
from core.spapi.sandbox.world.model import Seller, World

TOKEN_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """An answer of the token endpoint."""

    status: int
    body: Mapping[str, object]


class Tokens:
    """Gives access tokens for refresh tokens, and knows whose they are.

    Args:
        world: Its client and sellers.
        clock: Ends the life of tokens.
        seconds: How long a token lives.
    """

    def __init__(self, world: World, clock: Clock, seconds: float) -> None:
        self._world, self._clock, self._seconds = world, clock, seconds
        self._given: dict[str, tuple[Seller, float]] = {}

    def exchange(self, form: Mapping[str, str]) -> TokenAnswer:
        """Answer a token request."""
        client = form.get("client_id", ""), form.get("client_secret", "")
        known = self._world.client_id, self._world.client_secret
        if not all(map(_same, client, known)):
            return _error(401, "invalid_client", "Client authentication failed")
        if form.get("grant_type") != "refresh_token":
            text = "The authorization grant type is not supported by the server"
            return _error(400, "unsupported_grant_type", text)
        for seller in self._world.sellers:
            if _same(seller.refresh_token, form.get("refresh_token", "")):
                return self._give(seller)
        text = "The request has an invalid grant parameter : refresh_token"
        return _error(400, "invalid_grant", text)

    def seller(self, token: str | None) -> Seller:
        """Return whose token it is, or refuse."""
        if not token:
            raise unauthorized("Access token is missing in the request header.")
        known = self._given.get(token)
        if known is None:
            text = "The access token you provided is revoked, malformed or invalid."
            raise unauthorized(text)
        seller, until = known
        if self._clock.monotonic() >= until:
            raise unauthorized("The access token you provided has expired.")
        return seller

    def _give(self, seller: Seller) -> TokenAnswer:
        now = self._clock.monotonic()
        text = f"{seller.refresh_token}:{len(self._given)}:{now}"
        token = f"Atza|{hashlib.sha256(text.encode()).hexdigest()}"
        self._given[token] = seller, now + self._seconds
        body = {
            "access_token": token,
            "refresh_token": seller.refresh_token,
            "token_type": "bearer",
            "expires_in": TOKEN_SECONDS,
        }
        return TokenAnswer(200, body)


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())


def _error(status: int, code: str, text: str) -> TokenAnswer:
    return TokenAnswer(status, {"error": code, "error_description": text})
