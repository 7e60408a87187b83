"""Is this list whole? Page after page, until the end or an honest error."""

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from core.kernel.errors import RequestRefusedError, SpApiError, UnavailableError
from core.spapi.answers import ROWS, Answer, Json
from core.spapi.operations import OPERATIONS
from core.spapi.transport import LATER

Call = Callable[..., Answer]

STARTS = 4
"""How often a chain whose token died is started."""

NAMED_BY = {
    "getInventorySummaries": ("sellerSku", "fnSku", "asin", "condition"),
    "getShipments": ("ShipmentId",),
    "getReports": ("reportId",),
    "searchCatalogItems": ("asin",),
}
"""What tells two rows apart; all of the row where it is not said."""


CONTINUED_BY = {"getShipmentItemsByShipmentId": "getShipmentItems"}
"""Who gives the further pages of an operation that cannot ask for them; its
MarketplaceId is needed for those alone and deprecated on the first."""


class ChainBrokenError(SpApiError):
    """A page's token is dead: the pages before it are no whole."""


def chain(call: Call, operation: str, params: Mapping[str, Any]) -> Iterator[Json]:
    """Yield the payload of every page of one chain.

    Raises:
        ChainBrokenError: The token died underway.
        UnavailableError: A token or a page came twice.
    """
    asked_again = CONTINUED_BY.get(operation, operation)
    aside = {"MarketplaceId"} if operation in CONTINUED_BY else set()
    answer = call(operation, **{k: v for k, v in params.items() if k not in aside})
    seen_tokens: set[str] = set()
    seen_rows = {_first(operation, answer)} - {None}
    yield answer.payload
    while token := answer.next_token:
        if token in seen_tokens:
            raise _repeats(operation)
        seen_tokens.add(token)
        try:
            answer = call(asked_again, **_following(asked_again, params, token))
        except RequestRefusedError as error:
            if error.status != HTTPStatus.BAD_REQUEST:
                raise
            raise ChainBrokenError(
                f"Amazon lost the thread of {operation}: {error.message}",
                LATER,
                status=error.status,
                code=error.code,
            ) from error
        first = _first(operation, answer)
        if first in seen_rows:
            raise _repeats(operation)
        if first is not None:
            seen_rows.add(first)
        yield answer.payload


def whole(
    call: Call,
    operation: str,
    params: Mapping[str, Any],
    on_page: Callable[[Json], None] | None = None,
) -> list[Json]:
    """Return all pages of one unbroken chain, started anew where it broke."""
    for start in range(1, STARTS + 1):
        found: list[Json] = []
        try:
            for page in chain(call, operation, params):
                found.append(page)
                if on_page is not None:
                    on_page(page)
        except ChainBrokenError as error:
            if start == STARTS:
                raise UnavailableError(
                    error.message, error.hint, status=error.status, code=error.code
                ) from error
        else:
            return found
    raise AssertionError


def _following(operation: str, params: Mapping[str, Any], token: str) -> Json:
    """Return what the next page is asked with; every operation differs."""
    name = OPERATIONS[operation].next_token
    if operation == "getReports":
        return {name: token}
    if name == "NextToken":
        place = params.get("MarketplaceId")
        return {"QueryType": "NEXT_TOKEN", "MarketplaceId": place, name: token}
    return {**params, name: token}


def _first(operation: str, answer: Answer) -> str | None:
    key = ROWS.get(operation)
    rows = answer.payload[key] if key else []
    if not rows:
        return None
    first = rows[0]
    names = NAMED_BY.get(operation)
    return repr([first.get(name) for name in names] if names else first)


def _repeats(operation: str) -> UnavailableError:
    return UnavailableError(
        f"Amazon repeats itself in the pages of {operation}.", LATER, status=200
    )
