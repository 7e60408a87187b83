"""The client reads the same from the double, however much goes wrong."""

from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from core.kernel.clock import SystemClock
from core.kernel.errors import ReportFailedError, UnavailableError
from core.spapi.auth import Access
from core.spapi.client import Amazon
from core.spapi.limits import Limits
from core.spapi.report_requests import ReportRequest
from core.spapi.reports import Reports
from tests.building.sandbox import NOW, SellerLine, running_sandbox
from tests.building.simulated_clock import SimulatedClock
from tests.contract.requests import problems, recording
from tests.core.spapi.test_reports import Memory

pytestmark = pytest.mark.slow

PLACE = "A1VC38T7YXB528"
ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
LEDGER = "GET_LEDGER_SUMMARY_VIEW_DATA"


class Racing(SystemClock):
    """Real time a hundred times over, so that pauses are short."""

    def monotonic(self) -> float:
        return super().monotonic() * 100

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds / 100)


def client(line: SellerLine, clock: Any = None) -> Amazon:
    clock = clock or Racing(NOW)
    access = Access(
        line.region,
        line.seller_id,
        line.endpoint,
        line.lwa_endpoint,
        line.client_id,
        line.client_secret,
        line.refresh_token,
    )
    return Amazon(access, clock=clock, limits=Limits(clock))


def walk(amazon: Amazon, place: str = PLACE) -> list[Any]:
    pages = amazon.whole(
        "getInventorySummaries",
        granularityType="Marketplace",
        granularityId=place,
        marketplaceIds=[place],
        details=True,
    )
    return [row for page in pages for row in page["inventorySummaries"]]


def shipments(amazon: Amazon, place: str = PLACE) -> list[Any]:
    pages = amazon.whole(
        "getShipments",
        QueryType="SHIPMENT",
        MarketplaceId=place,
        ShipmentStatusList=["CLOSED", "RECEIVING", "SHIPPED"],
    )
    return [row for page in pages for row in page["ShipmentData"]]


def reports(amazon: Amazon) -> list[Any]:
    ends = [NOW - timedelta(days=20 * n) for n in range(3)]
    wanted = [
        ReportRequest(ORDERS, (PLACE,), end - timedelta(days=20), end) for end in ends
    ]
    found = []
    for _, document in Reports(amazon, Memory()).fetch(wanted):
        assert document is not None
        found += document.table(["amazon-order-id", "sku", "product-name"]).to_pylist()
    return found


def everything(line: SellerLine, clock: Any = None) -> tuple[Any, ...]:
    amazon = client(line, clock)
    try:
        with recording(amazon) as noted:
            found = walk(amazon), shipments(amazon), reports(amazon)
        assert [problem for request in noted for problem in problems(request)] == []
        return found
    finally:
        amazon.close()


@cache
def undisturbed() -> tuple[Any, ...]:
    with running_sandbox() as lines:
        return everything(lines[-1])


def test_everything_is_read() -> None:
    inventory, inbound, lines = undisturbed()
    assert len(inventory) > 5
    assert len(inbound) > 10
    assert len(lines) > 50
    assert any(not row["product-name"].isascii() for row in lines)


@pytest.mark.parametrize(
    "faults",
    [
        "429:0.1",
        "500:0.2,503:0.1",
        "html:0.1,lwa-html",
        "empty:0.1,truncated:0.1",
        "disconnect:0.2",
        "stale-page:0.3",
        "token-expiry=1",
        "expired-url",
        "gzip-truncated:0.3,document-500:0.3",
        "slow-report=1",
    ],
)
def test_what_goes_wrong_changes_nothing_of_what_is_read(faults: str) -> None:
    with running_sandbox(faults=faults) as lines:
        assert everything(lines[-1]) == undisturbed()


def test_a_repeated_page_is_an_error() -> None:
    with (
        running_sandbox(faults="repeated-page:1") as lines,
        pytest.raises(UnavailableError, match="repeats itself"),
    ):
        shipments(client(lines[0]), "ATVPDKIKX0DER")


def test_a_ledger_is_found_again_and_not_made_twice() -> None:
    options = {"aggregateByLocation": "COUNTRY", "aggregatedByTimePeriod": "DAILY"}
    wanted = ReportRequest(LEDGER, (PLACE,), NOW - timedelta(days=30), NOW, options)
    with running_sandbox() as lines:
        first = Reports(client(lines[-1]), Memory()).submit(wanted)
        again = Reports(client(lines[-1]), Memory())
        pending = again.submit(wanted)
        assert (pending.report_id, pending.is_found) == (first.report_id, True)
        document = again.wait(pending)
        assert document is not None
        assert document.charset == "cp932"
        assert document.table(["Date", "MSKU", "Location"]).num_rows


def test_a_window_that_is_too_wide_is_amazons_refusal() -> None:
    wanted = ReportRequest(ORDERS, (PLACE,), NOW - timedelta(days=31), NOW)
    with running_sandbox() as lines:
        ((_, document),) = Reports(client(lines[-1]), Memory()).fetch([wanted])
        assert document is not None
        with pytest.raises(ReportFailedError, match="30 days"):
            document.table(["sku"])


def test_at_amazons_rates_the_double_never_refuses() -> None:
    clock = SimulatedClock(NOW)
    with running_sandbox(rates="amazon", clock=clock) as lines:
        amazon = client(lines[0], clock)
        before = clock.monotonic()
        for _ in range(20):
            assert walk(amazon, "ATVPDKIKX0DER")
        assert amazon.limits.surprises == {}
        assert 9 <= clock.monotonic() - before <= 1.1 * 9
