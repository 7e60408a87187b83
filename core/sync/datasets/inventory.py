"""What does Amazon hold now? The summaries of one full walk of a marketplace."""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.kernel.marketplaces import Marketplace
from core.spapi.client import Amazon

_UNITS = pa.int32()
SUMMARY = pa.schema(
    [
        ("sellerSku", pa.string()),
        ("asin", pa.string()),
        ("fnSku", pa.string()),
        ("condition", pa.string()),
        ("productName", pa.string()),
        ("totalQuantity", _UNITS),
        (
            "inventoryDetails",
            pa.struct(
                [
                    ("fulfillableQuantity", _UNITS),
                    ("inboundWorkingQuantity", _UNITS),
                    ("inboundShippedQuantity", _UNITS),
                    ("inboundReceivingQuantity", _UNITS),
                    (
                        "reservedQuantity",
                        pa.struct(
                            [
                                ("pendingCustomerOrderQuantity", _UNITS),
                                ("pendingTransshipmentQuantity", _UNITS),
                                ("fcProcessingQuantity", _UNITS),
                            ]
                        ),
                    ),
                    (
                        "researchingQuantity",
                        pa.struct([("totalResearchingQuantity", _UNITS)]),
                    ),
                    (
                        "unfulfillableQuantity",
                        pa.struct([("totalUnfulfillableQuantity", _UNITS)]),
                    ),
                ]
            ),
        ),
    ]
)
QUANTITIES = {
    "fulfillable": ("fulfillableQuantity",),
    "reserved_customer_orders": ("reservedQuantity", "pendingCustomerOrderQuantity"),
    "reserved_transfers": ("reservedQuantity", "pendingTransshipmentQuantity"),
    "reserved_processing": ("reservedQuantity", "fcProcessingQuantity"),
    "inbound_working": ("inboundWorkingQuantity",),
    "inbound_shipped": ("inboundShippedQuantity",),
    "inbound_receiving": ("inboundReceivingQuantity",),
    "unfulfillable": ("unfulfillableQuantity", "totalUnfulfillableQuantity"),
    "researching": ("researchingQuantity", "totalResearchingQuantity"),
}
"""Our names, and where in the details Amazon has the figure."""


def fetch(
    amazon: Amazon, place: Marketplace, say: Callable[[str], None]
) -> list[dict[str, Any]]:
    """Return every summary of a marketplace, of one unbroken walk."""
    numbers = count(1)
    pages = amazon.whole(
        "getInventorySummaries",
        on_page=lambda _: say(f"Stock of {place.code}: {next(numbers)} lists read."),
        details=True,
        granularityType="Marketplace",
        granularityId=place.amazon_id,
        marketplaceIds=[place.amazon_id],
    )
    return [summary for page in pages for summary in page["inventorySummaries"]]


def rows(batch: Sequence[dict[str, Any]]) -> pa.Table:
    """Return one row per SKU: its conditions and FNSKUs are added up."""
    table = pa.Table.from_pylist(list(batch), schema=SUMMARY)
    table = table.filter(table["sellerSku"].is_valid())
    is_new = pc.equal(table["condition"], "NewItem")
    flat = pa.table(
        {
            "sku": table["sellerSku"],
            "is_new": pc.cast(pc.fill_null(is_new, fill_value=False), pa.int8()),
            "asin": table["asin"],
            "fnsku": table["fnSku"],
            "title": table["productName"],
            **{
                name: pc.fill_null(
                    pc.struct_field(table["inventoryDetails"], list(path)), 0
                )
                for name, path in QUANTITIES.items()
            },
            "total": pc.fill_null(table["totalQuantity"], 0),
        }
    ).sort_by([("is_new", "descending"), ("fnsku", "ascending")])
    figures = [*QUANTITIES, "total"]
    names = ["asin", "fnsku", "title"]
    wanted = [(name, "first") for name in names] + [(name, "sum") for name in figures]
    summed = flat.group_by("sku", use_threads=False).aggregate(wanted)
    return summed.select(
        ["sku", *(f"{name}_{function}" for name, function in wanted)]
    ).rename_columns(["sku", *names, *figures])
