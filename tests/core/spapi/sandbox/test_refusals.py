"""Does the double refuse what Amazon refuses, in Amazon's words?"""

from typing import Any

import httpx
import pytest

from core.kernel.errors import AppError
from core.spapi.operations import OPERATIONS
from core.spapi.sandbox.refusals import CLIENT_EXTRAS
from core.spapi.sandbox.server import listen
from tests.building.sandbox import (
    REPORTS,
    Caller,
    SellerLine,
    place,
    running_sandbox,
    small_world,
)
from tests.building.simulated_clock import SimulatedClock

US, DE = place("US"), place("DE")
SUMMARIES = "/fba/inventory/v1/summaries"
SHIPMENTS = "/fba/inbound/v0/shipments"
ITEMS = "/fba/inbound/v0/shipmentItems"
CATALOG = "/catalog/2022-04-01/items"
GOOD: dict[str, str] = {
    "granularityType": "Marketplace",
    "granularityId": US,
    "marketplaceIds": US,
}
LEDGER = "GET_LEDGER_SUMMARY_VIEW_DATA"


def refused(answer: httpx.Response, status: int, code: str) -> str:
    """Check Amazon's error shape; return the message."""
    assert answer.status_code == status, answer.text
    (error,) = answer.json()["errors"]
    assert set(error) == {"code", "message", "details"}
    assert error["code"] == code
    return str(error["message"])


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (SUMMARIES, GOOD | {"colour": "red"}),
        (SUMMARIES, {"granularityType": "Marketplace", "granularityId": US}),
        (SUMMARIES, GOOD | {"granularityType": "World"}),
        (SUMMARIES, GOOD | {"granularityId": DE}),
        (SUMMARIES, GOOD | {"marketplaceIds": f"{US},{DE}"}),
        (SUMMARIES, GOOD | {"details": "yes"}),
        (SUMMARIES, GOOD | {"sellerSkus": ",".join(map(str, range(51)))}),
        (SUMMARIES, GOOD | {"startDateTime": "2020-01-01T00:00:00Z"}),
        (SUMMARIES, GOOD | {"startDateTime": "yesterday"}),
        (SUMMARIES, GOOD | {"nextToken": "made-up"}),
        (SHIPMENTS, {"QueryType": "SHIPMENT"}),
        (SHIPMENTS, {"QueryType": "SHIPMENT", "MarketplaceId": US}),
        (SHIPMENTS, {"QueryType": "EVERYTHING", "MarketplaceId": US}),
        (
            SHIPMENTS,
            {
                "QueryType": "SHIPMENT",
                "MarketplaceId": US,
                "ShipmentStatusList": "CLOSED,LOST",
            },
        ),
        (
            SHIPMENTS,
            {
                "QueryType": "DATE_RANGE",
                "MarketplaceId": US,
                "LastUpdatedAfter": "2026-01-01T00:00:00Z",
                "LastUpdatedBefore": "2026-02-01T00:00:00Z",
            },
        ),
        (
            SHIPMENTS,
            {
                "QueryType": "DATE_RANGE",
                "MarketplaceId": US,
                "ShipmentStatusList": "CLOSED",
            },
        ),
        (SHIPMENTS, {"QueryType": "NEXT_TOKEN", "MarketplaceId": US}),
        (ITEMS, {"QueryType": "SHIPMENT", "MarketplaceId": US}),
        (ITEMS, {"QueryType": "DATE_RANGE", "MarketplaceId": US}),
        (CATALOG, {"marketplaceIds": US}),
        (CATALOG, {"marketplaceIds": US, "identifiers": "B01"}),
        (CATALOG, {"marketplaceIds": US, "identifiers": "B01", "identifiersType": "X"}),
        (
            CATALOG,
            {
                "marketplaceIds": US,
                "identifiers": ",".join(map(str, range(21))),
                "identifiersType": "ASIN",
            },
        ),
        (
            CATALOG,
            {"marketplaceIds": US, "identifiers": "A", "identifiersType": "SKU"},
        ),
        (CATALOG, {"marketplaceIds": US, "keywords": "mug", "pageSize": "21"}),
        (f"{REPORTS}/reports", {}),
        (f"{REPORTS}/reports", {"reportTypes": LEDGER, "pageSize": "101"}),
        (f"{REPORTS}/reports", {"reportTypes": LEDGER, "processingStatuses": "OK"}),
        (f"{REPORTS}/reports", {"reportTypes": ",".join(map(str, range(11)))}),
        (
            f"{REPORTS}/reports",
            {"reportTypes": LEDGER, "createdSince": "2020-01-01T00:00:00Z"},
        ),
        (f"{REPORTS}/reports", {"nextToken": "x", "pageSize": "10"}),
    ],
)
def test_a_malformed_question_is_refused(
    us: Caller, path: str, query: dict[str, str]
) -> None:
    answer = us.get(path, **query)
    refused(answer, 400, "InvalidInput")
    assert answer.headers["x-amzn-ratelimit-limit"]


@pytest.mark.parametrize(
    "changes",
    [
        {"reportType": "GET_NOTHING"},
        {"marketplaceIds": []},
        {"marketplaceIds": [US] * 26},
        {"marketplaceIds": "US"},
        {"marketplaceIds": ["NOWHERE"]},
        {"colour": "red"},
        {"reportOptions": {"aggregatedByTimePeriod": "HOURLY"}},
        {"reportOptions": {"colour": "red"}},
        {"reportOptions": {"aggregatedByTimePeriod": 1}},
        {"dataStartTime": "soon"},
        {"dataEndTime": "2027-01-01T00:00:00Z"},
        {
            "dataStartTime": "2026-10-02T00:00:00Z",
            "dataEndTime": "2026-10-01T00:00:00Z",
        },
    ],
)
def test_a_malformed_report_request_is_refused(
    us: Caller, changes: dict[str, Any]
) -> None:
    body: dict[str, Any] = {"reportType": LEDGER, "marketplaceIds": [US]}
    refused(us.post(body | changes), 400, "InvalidInput")


@pytest.mark.parametrize("missing", ["reportType", "marketplaceIds"])
def test_a_report_request_without_what_it_needs_is_refused(
    us: Caller, missing: str
) -> None:
    body = {"reportType": LEDGER, "marketplaceIds": [US]}
    del body[missing]
    assert missing in refused(us.post(body), 400, "InvalidInput")


def test_a_body_that_is_not_json_is_refused(us: Caller) -> None:
    for content in (b"reportType=X", b"[]"):
        answer = us.http.post(
            f"{REPORTS}/reports",
            content=content,
            headers={"x-amz-access-token": us.token},
        )
        refused(answer, 400, "InvalidInput")


def test_the_four_names_that_the_client_adds_are_ignored(us: Caller) -> None:
    added = dict.fromkeys(CLIENT_EXTRAS, DE)
    assert us.get("/sellers/v1/marketplaceParticipations", **added).is_success
    assert us.get(SUMMARIES, **(added | GOOD)).is_success


def test_a_marketplace_where_the_seller_does_not_sell_is_refused(us: Caller) -> None:
    query = GOOD | {"granularityId": DE, "marketplaceIds": DE}
    refused(us.get(SUMMARIES, **query), 403, "Unauthorized")


@pytest.mark.parametrize(
    "path",
    [
        f"{REPORTS}/reports/1",
        f"{REPORTS}/documents/1",
        "/fba/inbound/v0/shipments/FBA0/items",
    ],
)
def test_an_unknown_id_is_not_found(us: Caller, path: str) -> None:
    refused(us.get(path), 404, "NotFound")


def test_an_unknown_path_is_refused(us: Caller) -> None:
    for path in ("/fba/inbound/2024-03-20/shipments", "/orders/v0/orders"):
        refused(us.get(path), 403, "MissingAuthenticationToken")


def test_reports_and_documents_of_another_seller_are_not_found(
    callers: dict[str, Caller],
) -> None:
    de, us = callers["EU"], callers["NA"]
    report = us.ended(us.create("GET_RESERVED_INVENTORY_DATA", [place("MX")]))
    refused(de.get(f"{REPORTS}/reports/{report['reportId']}"), 404, "NotFound")
    path = f"{REPORTS}/documents/{report['reportDocumentId']}"
    refused(de.get(path), 404, "NotFound")


def test_nobody_is_answered_without_a_good_token(us: Caller) -> None:
    for headers in ({}, {"x-amz-access-token": "Atza|made-up"}):
        for operation in OPERATIONS.values():
            answer = us.http.request(operation.method, operation.path, headers=headers)
            refused(answer, 403, "Unauthorized")


def test_a_token_lives_for_an_hour() -> None:
    clock = SimulatedClock()
    with running_sandbox(small_world(), clock=clock) as lines:
        us = Caller(lines[0])
        clock.pass_time(3599)
        assert us.get(SUMMARIES, **GOOD).is_success
        clock.pass_time(2)
        refused(us.get(SUMMARIES, **GOOD), 403, "Unauthorized")


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"refresh_token": "Atzr|made-up"}, 400, "invalid_grant"),
        ({"client_id": "amzn1.made-up"}, 401, "invalid_client"),
        ({"client_secret": "made-up"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_login_refuses_a_wrong_key(
    us: Caller, changes: dict[str, str], status: int, error: str
) -> None:
    answer = us.sign_in(**changes)
    assert answer.status_code == status
    assert answer.json()["error"] == error


def test_a_page_token_of_the_inventory_dies_after_thirty_seconds() -> None:
    clock = SimulatedClock()
    with running_sandbox(small_world(120), clock=clock) as lines:
        us = Caller(lines[0])
        token = us.get(SUMMARIES, **GOOD).json()["pagination"]["nextToken"]
        clock.pass_time(29)
        again = us.get(SUMMARIES, **GOOD, nextToken=token)
        assert again.is_success
        clock.pass_time(2)
        message = refused(
            us.get(SUMMARIES, **GOOD, nextToken=token), 400, "InvalidInput"
        )
        assert "expired" in message


def test_a_page_token_needs_the_same_parameters_again(us: Caller) -> None:
    token = us.get(SUMMARIES, **GOOD).json()["pagination"]["nextToken"]
    other = GOOD | {"details": "true", "nextToken": token}
    refused(us.get(SUMMARIES, **other), 400, "InvalidInput")


def test_a_taken_port_is_said_in_a_sentence() -> None:
    taken = listen(0)
    with pytest.raises(AppError, match="taken"):
        listen(taken.getsockname()[1])
    taken.close()


def test_every_region_has_its_own_seller_on_one_address(
    sellers: list[SellerLine],
) -> None:
    assert [line.region for line in sellers] == ["NA", "EU", "FE"]
    for name in ("endpoint", "lwa_endpoint", "client_id", "client_secret"):
        assert len({getattr(line, name) for line in sellers}) == 1
    for name in ("seller_id", "refresh_token"):
        assert len({getattr(line, name) for line in sellers}) == 3
