"""Do reports live, read and die as Amazon's do?"""

import csv
import gzip
import io
import json
from collections import Counter
from datetime import datetime, timedelta

import httpx
import pytest

from core.kernel.clock import SystemClock
from core.spapi.sandbox.reports.documents import Documents
from core.spapi.sandbox.world import World
from tests.building.sandbox import REPORTS, Caller, place, running_sandbox, small_world
from tests.building.shared import shared
from tests.building.simulated_clock import SimulatedClock

BY_DATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
BY_UPDATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
LEDGER = "GET_LEDGER_SUMMARY_VIEW_DATA"
MYI = "GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA"
DAILY = {"aggregatedByTimePeriod": "DAILY", "aggregateByLocation": "COUNTRY"}
MOVES = (
    "Receipts",
    "CustomerShipments",
    "CustomerReturns",
    "VendorReturns",
    "WarehouseTransferIn/Out",
    "Found",
    "Lost",
    "Damaged",
    "Disposed",
    "OtherEvents",
    "UnknownEvents",
)
US, DE, JP = place("US"), place("DE"), place("JP")


def window(start: str, end: str) -> dict[str, str]:
    return {"dataStartTime": f"{start}T00:00:00Z", "dataEndTime": f"{end}T00:00:00Z"}


def rows(text: bytes, charset: str = "utf-8", **form: object) -> list[dict[str, str]]:
    form = {"quoting": csv.QUOTE_NONE, "quotechar": None} | form
    file = io.StringIO(text.decode(charset), newline="\n")
    return list(csv.DictReader(file, delimiter="\t", **form))  # type: ignore[arg-type]


def test_a_report_waits_is_made_and_can_be_fetched() -> None:
    clock = SimulatedClock()
    with running_sandbox(small_world(), rates="amazon", clock=clock) as lines:
        us = Caller(lines[0])
        identity = us.create(BY_DATE, [US], **window("2026-11-01", "2026-11-08"))
        seen = []
        for _ in range(4):
            shown = us.get(f"{REPORTS}/reports/{identity}").json()
            seen.append(shown["processingStatus"])
            clock.pass_time(3)
        assert seen == ["IN_QUEUE", "IN_PROGRESS", "DONE", "DONE"]
        assert shown["marketplaceIds"] == [US]
        packed = us.document(shown)
        assert gzip.decompress(packed.content).startswith(b"amazon-order-id\t")


@pytest.mark.parametrize(
    ("kind", "column", "name"),
    [
        (BY_DATE, "purchase-date", "purchased_at"),
        (BY_UPDATE, "last-updated-date", "updated_at"),
    ],
)
def test_orders_reports_hold_the_lines_of_a_window_its_end_left_out(
    us: Caller, world: World, kind: str, column: str, name: str
) -> None:
    found = rows(us.text(kind, [US], **window("2026-10-03", "2026-11-02")))
    first, last = datetime(2026, 10, 3), datetime(2026, 11, 2)  # noqa: DTZ001
    lines = world.sellers[0].lines.to_pylist()
    meant = Counter(
        (line["order_id"], line["sku"], line["quantity"], str(line["item_price"]))
        for line in lines
        if first <= line[name].replace(tzinfo=None) < last
    )
    shown = Counter(
        (
            row["amazon-order-id"],
            row["sku"],
            int(row["quantity"]),
            row["item-price"] or "None",
        )
        for row in found
    )
    assert shown == meant
    assert shown.total() > 100
    assert all(row["ship-city"] and row["ship-postal-code"] for row in found)
    assert all(row[column].endswith("+00:00") for row in found)


def test_orders_reports_ignore_the_marketplace_and_show_the_region(us: Caller) -> None:
    found = rows(us.text(BY_DATE, [place("MX")], **window("2026-10-20", "2026-11-19")))
    assert {"Amazon.com", "Amazon.ca"} <= {row["sales-channel"] for row in found}


def test_multichannel_lines_have_no_price(callers: dict[str, Caller]) -> None:
    found = rows(
        callers["EU"].text(BY_DATE, [DE], **window("2026-10-20", "2026-11-19"))
    )
    other = [row for row in found if row["sales-channel"].startswith("Non-Amazon")]
    assert other
    assert {(row["currency"], row["item-price"]) for row in other} == {("", "")}


def test_too_wide_a_window_is_done_and_says_so_in_the_document(us: Caller) -> None:
    text = us.text(BY_DATE, [US], **window("2026-10-01", "2026-11-01"))
    assert text == b"Date range exceeded. Report can be requested only upto 30 days"


@pytest.mark.parametrize(
    ("kind", "start", "end"),
    [
        (BY_DATE, "2024-11-01", "2024-11-20"),
        (BY_UPDATE, "2024-11-01", "2024-11-20"),
        (LEDGER, "2025-04-01", "2025-04-20"),
    ],
)
def test_data_older_than_amazon_keeps_ends_fatal(
    us: Caller, kind: str, start: str, end: str
) -> None:
    report = us.ended(us.create(kind, [US], **window(start, end)))
    assert report["processingStatus"] == "FATAL"


def test_no_data_is_cancelled(us: Caller) -> None:
    report = us.ended(us.create(LEDGER, [US], **window("2026-11-21", "2026-11-21")))
    assert report["processingStatus"] == "CANCELLED"
    assert "reportDocumentId" not in report


@pytest.mark.parametrize(("kind", "minutes"), [(MYI, 30), (LEDGER, 240)])
def test_an_fba_report_asked_again_too_soon_ends_fatal(kind: str, minutes: int) -> None:
    clock = SimulatedClock()
    dates = window("2026-11-01", "2026-11-08") if kind == LEDGER else {}
    with running_sandbox(small_world(), clock=clock) as lines:
        us = Caller(lines[0])

        def again(places: list[str]) -> str:
            us.token = us.sign_in().json()["access_token"]
            identity = us.create(kind, places, **dates)
            clock.pass_time(5)
            return str(us.ended(identity)["processingStatus"])

        assert again([US, place("CA")]) == "DONE"
        assert again([place("CA"), US]) == "FATAL"
        assert again([US]) == "DONE"
        clock.pass_time(minutes * 60 - 30)
        assert again([US, place("CA")]) == "FATAL"
        clock.pass_time(30)
        assert again([US, place("CA")]) == "DONE"


def test_orders_reports_may_be_asked_again_at_once(us: Caller) -> None:
    asked = window("2026-11-10", "2026-11-12")
    assert us.text(BY_DATE, [US], **asked) == us.text(BY_DATE, [US], **asked)


def test_earlier_reports_are_listed_page_by_page() -> None:
    with running_sandbox(small_world()) as lines:
        us = Caller(lines[0])
        dates = window("2026-11-10", "2026-11-12")
        made = [us.create(BY_DATE, [US], **dates)]
        made += [us.create(BY_UPDATE, [US]) for _ in range(2)]
        made += [
            us.create(BY_DATE, [place("CA")], **window("2026-11-10", "2026-11-11"))
        ]
        path = f"{REPORTS}/reports"
        types = f"{BY_DATE},{BY_UPDATE}"
        page = us.get(path, reportTypes=types, pageSize=3).json()
        rest = us.get(path, nextToken=page["nextToken"]).json()
        found = [one["reportId"] for one in page["reports"] + rest["reports"]]
        assert found == made[::-1]
        assert "nextToken" not in rest
        here = us.get(path, reportTypes=types, marketplaceIds=place("CA")).json()
        assert [one["reportId"] for one in here["reports"]] == made[-1:]


def test_a_document_can_be_fetched_for_five_minutes() -> None:
    clock = SimulatedClock()
    with running_sandbox(small_world(), clock=clock) as lines:
        us = Caller(lines[0])
        identity = us.create(BY_DATE, [US], **window("2026-11-01", "2026-11-08"))
        clock.pass_time(5)
        report = us.ended(identity)
        path = f"{REPORTS}/documents/{report['reportDocumentId']}"
        url = us.get(path).json()["url"]
        clock.pass_time(299)
        assert httpx.get(url, trust_env=False).is_success
        clock.pass_time(3)
        late = httpx.get(url, trust_env=False)
        assert late.status_code == 403
        assert "<Message>Request has expired</Message>" in late.text
        forged = url.replace("X-Amz-Signature=", "X-Amz-Signature=0")
        assert httpx.get(forged, trust_env=False).status_code == 403


def test_documents_are_gone_when_the_double_has_ended() -> None:
    documents = Documents(SystemClock())
    kept = documents.write([b"text"], "text/plain")
    assert kept.path.exists()
    documents.close()
    assert not kept.path.exists()


def test_text_comes_in_the_encoding_of_region_and_report(
    callers: dict[str, Caller],
) -> None:
    dates = window("2026-10-20", "2026-11-19")
    japanese = callers["FE"].text(BY_DATE, [JP], **dates)
    assert any("水" in row["product-name"] for row in rows(japanese, "cp932"))
    with pytest.raises(UnicodeDecodeError):
        japanese.decode()
    german = rows(callers["EU"].text(BY_DATE, [DE], **dates))
    assert any("ü" in row["product-name"] for row in german)
    reserved = callers["NA"].text("GET_RESERVED_INVENTORY_DATA", [US])
    assert "Maison Élise" in reserved.decode("cp1252")


def test_the_ledger_has_two_spellings_and_obeys_its_identity(
    callers: dict[str, Caller],
) -> None:
    dates = window("2026-10-01", "2026-11-01") | {"reportOptions": DAILY}
    plain = rows(callers["NA"].text(LEDGER, [US], **dates))
    quoted = callers["EU"].text(LEDGER, [DE, place("UK")], **dates)
    assert quoted.startswith(b'"Date"\t"FNSKU"')
    european = rows(quoted, quoting=csv.QUOTE_ALL, quotechar='"')
    assert "Starting Warehouse Balance" in plain[0]
    assert "StartingWarehouseBalance" in european[0]
    assert {"GB", "DE", "FR"} <= {row["Location"] for row in european}
    for found in (plain, european):
        check_identity(found)


def check_identity(found: list[dict[str, str]]) -> None:
    before: dict[tuple[str, ...], tuple[datetime, int]] = {}
    for row in found:
        figures = {name.replace(" ", ""): text for name, text in row.items()}
        start = int(figures["StartingWarehouseBalance"])
        end = int(figures["EndingWarehouseBalance"])
        assert start + sum(int(figures[name]) for name in MOVES) == end
        assert int(figures["CustomerShipments"]) <= 0
        key = row["MSKU"], row["Location"], row["Disposition"]
        day = datetime.strptime(row["Date"], "%m/%d/%Y")  # noqa: DTZ007
        if key in before:
            last, held = before[key]
            assert start == (held if day - last == timedelta(days=1) else 0)
        before[key] = day, end


def test_the_ledger_of_months_is_that_of_its_days(us: Caller) -> None:
    dates = window("2026-09-01", "2026-11-01")
    daily = rows(us.text(LEDGER, [US], **dates, reportOptions=DAILY))
    monthly = rows(
        us.text(
            LEDGER,
            [US],
            **dates,
            reportOptions={
                "aggregatedByTimePeriod": "MONTHLY",
                "aggregateByLocation": "FC",
            },
        )
    )
    name = "Customer Shipments"
    assert {row["Date"] for row in monthly} == {"09/2026", "10/2026"}
    assert {row["Location"] for row in monthly} == {"ONT8"}
    assert sum(int(r[name]) for r in monthly) == sum(int(r[name]) for r in daily)


def test_stock_reports_say_what_the_summaries_say(
    callers: dict[str, Caller], world: World
) -> None:
    eu = callers["EU"]
    held = world.standings["EU"]
    found = rows(eu.text(MYI, [place("FR")]))
    assert sum(int(row["afn-fulfillable-quantity"]) for row in found) == (
        held.fulfillable.sum()
    )
    assert sum(int(row["afn-total-quantity"]) for row in found) == held.total.sum()
    by_country = rows(eu.text("GET_AFN_INVENTORY_DATA_BY_COUNTRY", [DE]))
    local = sum(int(row["quantity-for-local-fulfillment"]) for row in by_country)
    assert local == (held.fulfillable + held.reserved + held.researching).sum()


def test_headers_are_those_seen_at_amazon(us: Caller) -> None:
    seen = json.loads(shared("spapi/report_headers.json").read_text())
    asked = window("2026-11-01", "2026-11-08")
    for kind in (BY_DATE, BY_UPDATE, LEDGER, MYI):
        dates = {} if kind == MYI else asked
        report = us.create(kind, [place("MX"), US], **dates)
        packed = us.document(us.ended(report)).content
        header = gzip.decompress(packed).split(b"\n")[0].decode().split("\t")
        assert header in [one["columns"] for one in seen[kind]["variants"]], kind
