"""What do the two all-orders reports say of a seller's lines?

`marketplaceIds` is ignored, as at Amazon: the rows are those of the region.
"""

from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.kernel.marketplaces import Region
from core.spapi.sandbox.reports.flat_files import Column, FlatFile, Form
from core.spapi.sandbox.reports.headers import ORDERS
from core.spapi.sandbox.world.lines import seconds
from core.spapi.sandbox.world.model import Seller

BY_ORDER_DATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
BY_LAST_UPDATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"

_LEFT_OUT: dict[tuple[str, Region], frozenset[str]] = {
    (BY_ORDER_DATE, "NA"): frozenset({"url"}),
    (BY_ORDER_DATE, "EU"): frozenset({"url", "signature-confirmation-recommended"}),
    (BY_LAST_UPDATE, "EU"): frozenset({"cpf", "signature-confirmation-recommended"}),
}
_USUAL = frozenset({"url", "cpf", "signature-confirmation-recommended"})
_FORMS: dict[Region, Form] = {
    "NA": Form(),
    "EU": Form(content_type="text/plain"),
    "FE": Form("cp932", "text/plain;charset=Windows-31J"),
}
_CITIES = ("Springfield", "Neustadt", "Saint-Étienne", "Ashford", "San José", "Osaka")
_CHUNK = 50_000


def columns(report_type: str, region: Region) -> list[str]:
    """Return the header of a report in a region: sellers see different ones."""
    left_out = _LEFT_OUT.get((report_type, region), _USUAL)
    return [name for name in ORDERS if name not in left_out]


def text(report_type: str, seller: Seller, start: datetime, end: datetime) -> FlatFile:
    """Return the lines of [start, end)."""
    rows = _rows(report_type, seller, int(start.timestamp()), int(end.timestamp()))
    form = _FORMS[seller.region]
    names = columns(report_type, seller.region)

    def chunks() -> Iterator[bytes]:
        yield form.header(names)
        for at in range(0, len(rows), _CHUNK):
            part = seller.lines.take(pa.array(rows[at : at + _CHUNK]))
            known = _known(part.combine_chunks())
            blank = pa.scalar("")
            yield form.lines([known.get(name, blank) for name in names])

    return FlatFile(len(rows), chunks(), form.content_type)


def _rows(report_type: str, seller: Seller, start: int, end: int) -> np.ndarray:
    if report_type == BY_ORDER_DATE:
        at = seconds(seller.lines, "purchased_at")
        low, high = np.searchsorted(at, [start, end])
        return np.arange(low, high)
    at = seconds(seller.lines, "updated_at")[seller.by_update]
    low, high = np.searchsorted(at, [start, end])
    return seller.by_update[low:high]


def _known(lines: pa.Table) -> dict[str, Column]:
    at = lines["purchased_at"].cast(pa.int64()).to_numpy()
    priced = pc.is_valid(lines["item_price"])
    amazon = pc.equal(lines["fulfilment"], "Amazon")
    city = pa.array(_CITIES).take(pa.array(at // 60 % len(_CITIES)))
    return {
        "amazon-order-id": lines["order_id"],
        "merchant-order-id": lines["order_id"],
        "purchase-date": _time(lines["purchased_at"]),
        "last-updated-date": _time(lines["updated_at"]),
        "order-status": lines["order_status"],
        "fulfillment-channel": lines["fulfilment"],
        "sales-channel": lines["sales_channel"],
        "ship-service-level": pc.if_else(amazon, "Expedited", "Standard"),
        "product-name": lines["title"],
        "sku": lines["sku"],
        "asin": lines["asin"],
        "item-status": lines["item_status"],
        "quantity": lines["quantity"].cast(pa.string()),
        "currency": lines["currency"],
        "item-price": lines["item_price"].cast(pa.string()),
        "item-tax": pc.if_else(priced, "0.0", ""),
        # Made-up personal data: whoever reads this must leave it out.
        "ship-city": city,
        "ship-state": pc.utf8_upper(pc.utf8_slice_codeunits(city, 0, 2)),
        "ship-postal-code": pa.array(at // 7 % 90000 + 10000).cast(pa.string()),
        "ship-country": lines["ship_country"],
        "is-business-order": _text(pa.array(at % 17 == 0)),
        "purchase-order-number": pc.if_else(pa.array(at % 17 == 0), "PO-4711", ""),
        "signature-confirmation-recommended": _text(pa.array(at < 0)),
    }


def _text(flags: pa.Array) -> Column:
    return pc.if_else(flags, "true", "false")


def _time(column: Column) -> Column:
    return pc.strftime(column, format="%Y-%m-%dT%H:%M:%S+00:00")
