"""What does Amazon refuse, and in which words?

Every rule on a single parameter is a row of RULES; what ties several
parameters together stands beside the answer that needs it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from core.spapi.operations import Operation

CLIENT_EXTRAS = frozenset(
    {"MarketplaceId", "MarketplaceIds", "marketplace_ids", "marketplaceIds"}
)
"""What python-amazon-sp-api adds to every call; Amazon ignores them."""


class RefusedError(Exception):
    """Amazon's answer to a request that it does not carry out."""

    def __init__(self, status: int, code: str, message: str, details: str = "") -> None:
        super().__init__(message)
        self.status, self.code = status, code
        self.message, self.details = message, details

    def body(self) -> dict[str, object]:
        """Return the answer in Amazon's shape."""
        error = {"code": self.code, "message": self.message, "details": self.details}
        return {"errors": [error]}


def invalid(message: str, details: str = "") -> RefusedError:
    """Return the refusal of a malformed request."""
    return RefusedError(400, "InvalidInput", message, details)


def not_found(what: str) -> RefusedError:
    """Return the refusal of an id that nobody knows."""
    return RefusedError(404, "NotFound", f"{what} not found.")


def unauthorized(details: str) -> RefusedError:
    """Return the refusal of a caller."""
    message = "Access to requested resource is denied."
    return RefusedError(403, "Unauthorized", message, details)


def over_quota() -> RefusedError:
    """Return the refusal of a caller who asks too often."""
    message = "You exceeded your quota for the requested resource."
    return RefusedError(429, "QuotaExceeded", message)


Query = Mapping[str, list[str]]
_Rule = Callable[[str, list[str]], None]


def values(query: Query, name: str) -> list[str]:
    """Return a list parameter, joined by comma or repeated as it may be."""
    return [part for text in query.get(name, []) for part in text.split(",") if part]


def value(query: Query, name: str) -> str:
    """Return a parameter, empty where it is not given."""
    return query.get(name, [""])[0]


def instant(name: str, text: str) -> datetime:
    """Read an ISO 8601 instant; one without a zone is UTC, as at Amazon."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise invalid(f"Invalid {name}: {text}", "ISO 8601 is expected.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _one_of(*allowed: str, limit: int = 100) -> _Rule:
    def check(name: str, given: list[str]) -> None:
        for text in given:
            if text not in allowed:
                raise invalid(f"Invalid value for {name}: {text}")
        _at_most(limit)(name, given)

    return check


def _at_most(limit: int) -> _Rule:
    def check(name: str, given: list[str]) -> None:
        if len(given) > limit:
            raise invalid(f"{name} takes at most {limit} values, got {len(given)}.")

    return check


def _between(low: int, high: int) -> _Rule:
    def check(name: str, given: list[str]) -> None:
        if not given[0].isdecimal() or not low <= int(given[0]) <= high:
            raise invalid(f"{name} must be between {low} and {high}.")

    return check


def _an_instant(name: str, given: list[str]) -> None:
    instant(name, ",".join(given))


_BOOLEAN = _one_of("true", "false", "True", "False", limit=1)
SHIPMENT_STATUSES = (
    "WORKING",
    "READY_TO_SHIP",
    "SHIPPED",
    "RECEIVING",
    "CANCELLED",
    "DELETED",
    "CLOSED",
    "ERROR",
    "IN_TRANSIT",
    "DELIVERED",
    "CHECKED_IN",
)
REPORT_STATUSES = ("CANCELLED", "DONE", "FATAL", "IN_PROGRESS", "IN_QUEUE")
_CATALOG_DATA = (
    "attributes",
    "classifications",
    "dimensions",
    "identifiers",
    "images",
    "productTypes",
    "relationships",
    "salesRanks",
    "summaries",
    "vendorDetails",
)
_ITEM_CODES = ("ASIN", "EAN", "GTIN", "ISBN", "JAN", "MINSAN", "SKU", "UPC")

RULES: Mapping[str, Mapping[str, _Rule]] = MappingProxyType(
    {
        "getInventorySummaries": {
            "granularityType": _one_of("Marketplace", limit=1),
            "marketplaceIds": _at_most(1),
            "details": _BOOLEAN,
            "startDateTime": _an_instant,
            "sellerSkus": _at_most(50),
        },
        "getReports": {
            "reportTypes": _at_most(10),
            "processingStatuses": _one_of(*REPORT_STATUSES),
            "marketplaceIds": _at_most(10),
            "pageSize": _between(1, 100),
            "createdSince": _an_instant,
            "createdUntil": _an_instant,
        },
        "getReportDocument": {"enableContentEncodingUrlHeader": _BOOLEAN},
        "getShipments": {
            "QueryType": _one_of("SHIPMENT", "DATE_RANGE", "NEXT_TOKEN", limit=1),
            "ShipmentStatusList": _one_of(*SHIPMENT_STATUSES),
            "ShipmentIdList": _at_most(999),
            "LastUpdatedAfter": _an_instant,
            "LastUpdatedBefore": _an_instant,
        },
        "getShipmentItems": {
            "QueryType": _one_of("DATE_RANGE", "NEXT_TOKEN", limit=1),
            "LastUpdatedAfter": _an_instant,
            "LastUpdatedBefore": _an_instant,
        },
        "searchCatalogItems": {
            "identifiers": _at_most(20),
            "identifiersType": _one_of(*_ITEM_CODES, limit=1),
            "marketplaceIds": _at_most(1),
            "includedData": _one_of(*_CATALOG_DATA),
            "pageSize": _between(1, 20),
        },
    }
)


def check_query(operation: Operation, query: Query) -> None:
    """Refuse unknown, missing and malformed parameters of a GET."""
    check_names(operation, query)
    for name, rule in RULES.get(operation.name, {}).items():
        given = values(query, name)
        if name in query and not given:
            raise invalid(f"{name} must not be empty.")
        if given:
            rule(name, given)


def check_names(operation: Operation, given: Iterable[str]) -> None:
    """Refuse names that the operation does not know, or lacks."""
    names = set(given)
    unknown = names - operation.parameters - CLIENT_EXTRAS
    if unknown:
        raise invalid(f"Unknown parameter: {', '.join(sorted(unknown))}")
    missing = [name for name in operation.required if name not in names]
    if missing:
        raise invalid(f"Missing required parameter: {', '.join(missing)}")
