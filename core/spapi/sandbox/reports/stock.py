"""What do the reports on the stock of today say?"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa

from core.kernel.marketplaces import POOL_BY_CODE, Region
from core.spapi.sandbox.reports import headers
from core.spapi.sandbox.reports.flat_files import FlatFile, Form, clean
from core.spapi.sandbox.world.ledger import ending
from core.spapi.sandbox.world.model import Standing, World

MYI = "GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA"
RESERVED = "GET_RESERVED_INVENTORY_DATA"
STRANDED = "GET_STRANDED_INVENTORY_UI_DATA"
BY_COUNTRY = "GET_AFN_INVENTORY_DATA_BY_COUNTRY"

_Rows = Iterator[Sequence[object]]


def text(
    world: World, region: Region, pools: Sequence[str], report_type: str
) -> FlatFile:
    """Return a report of some pools."""
    header, rows = TABLES[report_type]
    return _flat(_form(report_type, region), header, rows(world, pools))


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


TABLES: Mapping[str, tuple[list[str], Callable[[World, Sequence[str]], _Rows]]] = {
    MYI: (headers.MYI, _myi),
    RESERVED: (headers.RESERVED, _reserved),
    STRANDED: (headers.STRANDED, _stranded),
    BY_COUNTRY: (headers.BY_COUNTRY, _by_country),
}
