"""What goes on the wire, and is what came back the answer to it?

Both sides are held against `operations.py`: what it does not name is not
sent, and an answer that lacks what it demands is an error, never "empty".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, TypedDict
from urllib.parse import quote

from sp_api.base import SellingApiException

from core.kernel.errors import (
    AuthorizationExpiredError,
    RequestRefusedError,
    SpApiError,
    ThrottledError,
    UnavailableError,
)
from core.kernel.log import scrub
from core.spapi.operations import Operation
from core.spapi.transport import LATER

Json = dict[str, Any]

ROWS = {
    "getInventorySummaries": "inventorySummaries",
    "getReports": "reports",
    "getShipments": "ShipmentData",
    "getShipmentItems": "ItemData",
    "getShipmentItemsByShipmentId": "ItemData",
    "searchCatalogItems": "items",
}
"""Where the rows of a page are, which must be a list."""
LONGEST = 300
"""How much of Amazon's own words is kept."""


class TokenRefusedError(AuthorizationExpiredError):
    """The access token is no longer accepted: a new one may be."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer.

    Attributes:
        payload: What was asked for: an object, or a list of them.
        next_token: The token of the next page, None on the last.
        headers: Amazon's rate and request id, lower-case names.
    """

    payload: Any
    next_token: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it goes on the wire."""

    operation: Operation
    path: str
    query: Mapping[str, str]
    body: Mapping[str, Any]


def prepare(operation: Operation, params: Mapping[str, Any]) -> Request:
    """Return the request: known parameters only, in Amazon's spelling.

    Raises:
        RequestRefusedError: A required one is missing or has no spelling.
    """
    given = {name: value for name, value in params.items() if value is not None}
    path = _path(operation, given)
    known = {
        name: value for name, value in given.items() if name in operation.parameters
    }
    missing = [name for name in operation.required if name not in known]
    if missing:
        raise RequestRefusedError(
            f"{operation.name} was asked without {', '.join(missing)}.",
            "This is a fault of the program: please report it.",
        )
    if operation.method == "POST":
        return Request(operation, path, {}, _body(known))
    query = {name: _spelled(name, value) for name, value in known.items()}
    return Request(operation, path, query, {})


def read(operation: Operation, body: Json, headers: Mapping[str, str]) -> Answer:
    """Return the answer in a body.

    Raises:
        UnavailableError: It lacks what such an answer must have.
    """
    payload: Any = body.get(operation.payload) if operation.payload else body
    if not isinstance(payload, dict if operation.must_have else list):
        raise _incomplete(operation, operation.payload)
    found: Any = payload
    for key in operation.must_have:
        if found.get(key) is None:
            raise _incomplete(operation, key)
    rows = ROWS.get(operation.name)
    if rows and not isinstance(found[rows], list):
        raise _incomplete(operation, rows)
    return Answer(payload, _next_token(body, payload), headers)


def translated(error: SellingApiException, operation: Operation) -> SpApiError:
    """Return our error for one that the library raised."""
    status = int(getattr(error, "status", error.code))
    code = str(getattr(error, "amzn_code", "") or "")
    first = error.error[0] if error.error else {}
    parts = (str(first.get(key) or "") for key in ("message", "details"))
    words = scrub(" ".join(filter(None, parts)))[:LONGEST].rstrip(".")
    return _refusal(status, code, words, operation)


def _path(operation: Operation, params: Mapping[str, Any]) -> str:
    parts = {name: quote(str(value), safe="") for name, value in params.items()}
    try:
        return operation.path.format_map(parts)
    except KeyError as error:
        raise RequestRefusedError(
            f"{operation.name} was asked without {error.args[0]}.",
            "This is a fault of the program: please report it.",
        ) from error


def _spelled(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, list | tuple | set | frozenset):
        words = [_spelled(name, each) for each in value]
        if any("," in word for word in words):
            raise RequestRefusedError(
                f"Amazon cannot be asked for {name} with a comma in it.",
                "Leave it out: a full walk lists it too.",
            )
        return ",".join(words)
    return str(value)


def _body(params: Mapping[str, Any]) -> Json:
    return {
        name: instant(value)
        if isinstance(value, datetime)
        else list(value)
        if isinstance(value, tuple | set | frozenset)
        else value
        for name, value in params.items()
    }


def instant(moment: datetime) -> str:
    """Return an aware instant as Amazon writes it, in UTC and with a Z."""
    if moment.tzinfo is None:
        raise RequestRefusedError(
            "An instant without a time zone cannot be sent.",
            "This is a fault of the program: please report it.",
        )
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _next_token(body: Json, payload: Any) -> str | None:
    pagination = body.get("pagination")
    tokens = (
        body.get("nextToken"),
        pagination.get("nextToken") if isinstance(pagination, dict) else None,
        payload.get("NextToken") if isinstance(payload, dict) else None,
    )
    return next((token for token in tokens if isinstance(token, str) and token), None)


def _incomplete(operation: Operation, key: str) -> UnavailableError:
    return UnavailableError(
        f"Amazon's answer to {operation.name} lacks “{key}”.", LATER, status=200
    )


class _Facts(TypedDict):
    status: int
    code: str


def _refusal(status: int, code: str, words: str, operation: Operation) -> SpApiError:
    facts: _Facts = {"status": status, "code": code}
    said = f"{words} ({code or status})"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return ThrottledError("Amazon asks us to slow down.", LATER, **facts)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        if "token" in words.lower():
            return TokenRefusedError(
                f"Amazon no longer accepts our access: {said}.",
                "Authorize the application again in Seller Central and connect anew.",
                **facts,
            )
        return RequestRefusedError(
            f"Amazon does not open {operation.name} to this connection: {said}.",
            f"The application needs the role “{operation.role}”, and the seller's"
            " authorization must be newer than the role.",
            **facts,
        )
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return RequestRefusedError(
            f"Amazon refuses {operation.name}: {said}.",
            "If it happens again, please report it with this message.",
            **facts,
        )
    return UnavailableError(f"Amazon is not available: {said}.", LATER, **facts)
