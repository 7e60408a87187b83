"""Our requests are those of Amazon's models, and the check of it has teeth."""

from datetime import UTC, datetime
from typing import Any

import pytest

from core.spapi.report_requests import ReportRequest
from core.spapi.reports import fetch_report
from tests.building.loopback import Reply, Serve, amazon_at
from tests.building.simulated_clock import SimulatedClock
from tests.contract.requests import Recorded, problems, recording
from tests.core.spapi.test_reports import Memory, Press

PLACE = "A1PA6795UKMFR9"
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("getMarketplaceParticipations", {}),
    (
        "getInventorySummaries",
        {
            "granularityType": "Marketplace",
            "granularityId": PLACE,
            "marketplaceIds": [PLACE],
            "details": True,
            "startDateTime": datetime(2026, 11, 1, tzinfo=UTC),
            "nextToken": "a+b/c==",
        },
    ),
    (
        "getShipments",
        {
            "QueryType": "DATE_RANGE",
            "MarketplaceId": PLACE,
            "ShipmentStatusList": ["CLOSED", "CANCELLED"],
            "LastUpdatedAfter": datetime(2026, 11, 1, tzinfo=UTC),
            "LastUpdatedBefore": datetime(2026, 11, 2, tzinfo=UTC),
        },
    ),
    ("getShipmentItemsByShipmentId", {"shipmentId": "FBA1"}),
    (
        "searchCatalogItems",
        {
            "marketplaceIds": [PLACE],
            "identifiers": ["B000000001", "B000000002"],
            "identifiersType": "ASIN",
            "includedData": ["summaries"],
            "pageSize": 20,
        },
    ),
]


@pytest.mark.parametrize(("operation", "params"), ASKED)
def test_a_request_of_ours_is_allowed(
    serve: Serve, clock: SimulatedClock, operation: str, params: dict[str, Any]
) -> None:
    server = serve(lambda asked: None if asked.method == "POST" else Reply({}, 400))
    amazon = amazon_at(server.address, clock)
    with recording(amazon) as noted, pytest.raises(Exception):  # noqa: B017, PT011
        amazon.call(operation, **params)
    assert noted
    assert [problem for request in noted for problem in problems(request)] == []


def test_the_requests_for_a_report_are_allowed(
    serve: Serve, clock: SimulatedClock
) -> None:
    amazon = amazon_at(Press(serve, clock).server.address, clock)
    start, end = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)
    options = {"aggregateByLocation": "COUNTRY", "aggregatedByTimePeriod": "DAILY"}
    request = ReportRequest("T", (PLACE,), start, end, options)
    with recording(amazon) as noted:
        fetch_report(amazon, request, remembered=Memory())
    assert {request.method for request in noted} == {"GET", "POST"}
    assert [problem for request in noted for problem in problems(request)] == []


def got(path: str, *query: tuple[str, str]) -> Recorded:
    return Recorded("GET", path, query, b"")


INVENTORY = "/fba/inventory/v1/summaries"
WALK = (("granularityType", "Marketplace"), ("granularityId", PLACE))
WRONG = {
    "an unknown path": got("/nowhere"),
    "a missing parameter": got(INVENTORY, *WALK),
    "an unknown parameter": got(
        INVENTORY, *WALK, ("marketplaceIds", PLACE), ("MarketplaceId", PLACE)
    ),
    "too many marketplaces": got(INVENTORY, *WALK, ("marketplaceIds", "A,B")),
    "a wrong word": got(
        INVENTORY,
        ("granularityType", "Country"),
        ("granularityId", PLACE),
        ("marketplaceIds", PLACE),
    ),
    "a boolean in Python's spelling": got(
        INVENTORY, *WALK, ("marketplaceIds", PLACE), ("details", "True")
    ),
    "an instant without a zone": got(
        INVENTORY,
        *WALK,
        ("marketplaceIds", PLACE),
        ("startDateTime", "2026-11-01T00:00:00"),
    ),
    "a parameter given twice": got(
        "/catalog/2022-04-01/items",
        ("marketplaceIds", PLACE),
        ("identifiers", "A"),
        ("identifiers", "B"),
    ),
    "a page that is too large": got(
        "/reports/2021-06-30/reports", ("reportTypes", "T"), ("pageSize", "101")
    ),
    "a body that lacks something": Recorded(
        "POST", "/reports/2021-06-30/reports", (), b'{"reportType": "T"}'
    ),
    "a body with something unknown": Recorded(
        "POST",
        "/reports/2021-06-30/reports",
        (),
        b'{"reportType": "T", "marketplaceIds": ["X"], "MarketplaceIds": ["X"]}',
    ),
}


@pytest.mark.parametrize("request_", WRONG.values(), ids=WRONG)
def test_a_request_that_amazon_would_refuse_is_named(request_: Recorded) -> None:
    assert problems(request_)
