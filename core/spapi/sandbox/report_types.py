"""Which reports does the double make, how fresh and how far back?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from core.kernel.marketplaces import BY_AMAZON_ID, POOL_BY_CODE, Region
from core.spapi.sandbox import ledger_report, order_report
from core.spapi.sandbox.flat_files import FlatFile, Form, clean
from core.spapi.sandbox.refusals import invalid
from core.spapi.sandbox.world.ledger import ending
from core.spapi.sandbox.world.model import Seller, Standing, World

ORDERS = (order_report.BY_ORDER_DATE, order_report.BY_LAST_UPDATE)
MYI = "GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA"
RESERVED = "GET_RESERVED_INVENTORY_DATA"
STRANDED = "GET_STRANDED_INVENTORY_UI_DATA"
BY_COUNTRY = "GET_AFN_INVENTORY_DATA_BY_COUNTRY"
_DAY = timedelta(days=1)
_NEAR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Facts:
    """What Amazon says of a report type.

    Attributes:
        freshness: The same request sooner than this ends FATAL.
        history: How far back its data may start.
        options: Allowed report options and their values.
    """

    freshness: timedelta = _NEAR
    history: timedelta = 10_000 * _DAY
    dated: bool = False
    options: Mapping[str, tuple[str, ...]] | None = None


TYPES: Mapping[str, Facts] = {
    **{kind: Facts(timedelta(), 732 * _DAY, dated=True) for kind in ORDERS},
    ledger_report.LEDGER: Facts(
        timedelta(hours=4),
        550 * _DAY,
        dated=True,
        options={
            "aggregateByLocation": ledger_report.PLACES,
            "aggregatedByTimePeriod": ledger_report.PERIODS,
        },
    ),
    MYI: Facts(),
    RESERVED: Facts(),
    STRANDED: Facts(),
    BY_COUNTRY: Facts(),
}

_MYI = ["sku", "fnsku", "asin", "product-name", "condition", "your-price", "mfn-listing-exists", "mfn-fulfillable-quantity", "afn-listing-exists", "afn-warehouse-quantity", "afn-fulfillable-quantity", "afn-unsellable-quantity", "afn-reserved-quantity", "afn-total-quantity", "per-unit-volume", "afn-inbound-working-quantity", "afn-inbound-shipped-quantity", "afn-inbound-receiving-quantity", "afn-researching-quantity", "afn-reserved-future-supply", "afn-future-supply-buyable"]
_RESERVED = ["sku", "fnsku", "asin", "product-name", "reserved_qty", "reserved_customerorders", "reserved_fc-transfers", "reserved_fc-processing"]
_STRANDED = ["primary-action", "date-stranded", "Date-to-take-auto-removal", "status-primary", "status-secondary", "error-message", "stranded-reason", "asin", "sku", "fnsku", "product-name", "condition", "fulfilled-by", "fulfillable-qty", "your-price", "unfulfillable-qty", "reserved-quantity", "inbound-shipped-qty"]
_BY_COUNTRY = ["seller-sku", "fulfillment-channel-sku", "asin", "condition-type", "country", "quantity-for-local-fulfillment"]

_Rows = Iterator[Sequence[object]]


def text(
    world: World,
    seller: Seller,
    report_type: str,
    marketplace_ids: Sequence[str],
    asked: tuple[datetime, datetime, Mapping[str, str]],
) -> FlatFile:
    """Return an FBA report of the pools of some marketplaces."""
    pools = list(dict.fromkeys(BY_AMAZON_ID[code].pool for code in marketplace_ids))
    start, end, options = asked
    if report_type == ledger_report.LEDGER:
        first, last = ledger_report.days_of(world, start, end)
        span = ledger_report.Span(
            first,
            last,
            options.get("aggregatedByTimePeriod", "MONTHLY"),
            by_center=options.get("aggregateByLocation") == "FC",
        )
        return ledger_report.text(world, seller.region, pools, span)
    header, rows = _TABLES[report_type]
    return _flat(_form(report_type, seller.region), header, rows(world, pools))


def check_options(report_type: str, options: Mapping[str, str]) -> None:
    """Refuse options that the report does not know."""
    allowed = TYPES[report_type].options or {}
    for name, value in options.items():
        if value not in allowed.get(name, ()):
            raise invalid(f"Invalid report option {name}: {value}")


def _form(report_type: str, region: Region) -> Form:
    if region == "FE":
        return Form("cp932", "text/plain")
    if region == "NA" and report_type == RESERVED:
        return Form("cp1252", "text/plain")
    return Form(content_type="text/plain")


def _flat(form: Form, header: Sequence[str], rows: _Rows) -> FlatFile:
    listed = list(rows)

    def chunks() -> Iterator[bytes]:
        yield form.header(header)
        if listed:
            joined = ["\t".join(clean(row)) for row in listed]
            yield form.encode(pa.array(joined))

    return FlatFile(len(listed), chunks(), form.content_type)


def _standings(
    world: World, pools: Sequence[str]
) -> Iterator[tuple[Standing, int, int]]:
    for pool in pools:
        held = world.standings[pool]
        for row, sku in enumerate(held.sku):
            yield held, row, int(sku)


def _who(world: World, sku: int) -> list[object]:
    goods = world.goods
    return [goods.sku[sku], goods.fnsku[sku], goods.asin[sku], goods.title("en")[sku]]


def _myi(world: World, pools: Sequence[str]) -> _Rows:
    for held, row, sku in _standings(world, pools):
        broken, reserved = held.unfulfillable[row], held.reserved[row]
        free, searched = held.fulfillable[row], held.researching[row]
        yield [
            *_who(world, sku),
            *("New", world.goods.price[sku], "No", "", "Yes"),
            free + broken + reserved + searched,
            *(free, broken, reserved, held.total[row], "0.10"),
            *(held.working[row], held.shipped[row], held.receiving[row]),
            *(searched, "0", "0"),
        ]


def _reserved(world: World, pools: Sequence[str]) -> _Rows:
    for held, row, sku in _standings(world, pools):
        if held.reserved[row]:
            yield [
                *_who(world, sku),
                *(held.reserved[row], held.customer_orders[row]),
                *(held.transfers[row], held.processing[row]),
            ]


def _stranded(world: World, pools: Sequence[str]) -> _Rows:
    for held, row, sku in _standings(world, pools):
        since = world.goods.stranded_from[sku]
        if since < 0 or not held.fulfillable[row]:
            continue
        day = world.date_of(since)
        name, fnsku, asin, title = _who(world, sku)
        yield [
            *("Fix listing", f"{day:%m/%d/%Y}", "", "Inactive", "Blocked", ""),
            *("Listing closed", asin, name, fnsku, title, "New", "Amazon"),
            *(held.fulfillable[row], world.goods.price[sku]),
            *(held.unfulfillable[row], held.reserved[row], held.shipped[row]),
        ]


def _by_country(world: World, pools: Sequence[str]) -> _Rows:
    for pool in pools:
        stock, countries = world.stock, POOL_BY_CODE[pool].countries
        balance = ending(stock, world.newest_day(pool))
        here = np.isin(stock.country, countries) & (stock.disposition == 0)
        for series in np.flatnonzero(here & (balance > 0)):
            sku = int(stock.sku[series])
            name, fnsku, asin, _ = _who(world, sku)
            country = stock.country[series]
            yield [name, fnsku, asin, "NewItem", country, balance[series]]


_TABLES: Mapping[str, tuple[list[str], Callable[[World, Sequence[str]], _Rows]]] = {
    MYI: (_MYI, _myi),
    RESERVED: (_RESERVED, _reserved),
    STRANDED: (_STRANDED, _stranded),
    BY_COUNTRY: (_BY_COUNTRY, _by_country),
}
