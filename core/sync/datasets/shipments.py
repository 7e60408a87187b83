"""What is on its way to Amazon? Inbound shipments and how far they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.kernel.marketplaces import Marketplace
from core.spapi.client import Amazon

OPEN = (
    "WORKING",
    "READY_TO_SHIP",
    "SHIPPED",
    "RECEIVING",
    "ERROR",
    "IN_TRANSIT",
    "DELIVERED",
    "CHECKED_IN",
)
OVER = ("CLOSED", "CANCELLED", "DELETED")
IDS_PER_CALL = 50

SHIPMENT = pa.schema(
    [
        ("ShipmentId", pa.string()),
        ("ShipmentName", pa.string()),
        ("ShipmentStatus", pa.string()),
        ("DestinationFulfillmentCenterId", pa.string()),
        ("marketplace", pa.uint8()),
    ]
)
ITEM = pa.schema(
    [
        ("ShipmentId", pa.string()),
        ("SellerSKU", pa.string()),
        ("QuantityShipped", pa.int32()),
        ("QuantityReceived", pa.int32()),
    ]
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which shipments to look at.

    Attributes:
        changed_after: Of those that are over, since when.
        followed: Ids to look at in any case: they were open, or closed lately.
    """

    changed_after: datetime
    changed_before: datetime
    followed: Sequence[str]


def fetch(
    amazon: Amazon, places: Sequence[Marketplace], wanted: Wanted
) -> list[dict[str, Any]]:
    """Return every shipment once, under the first marketplace that lists it."""
    found: dict[str, dict[str, Any]] = {}
    for place in places:
        for shipment in _listed(amazon, place, wanted):
            entry = {**shipment, "marketplace": place.number}
            found.setdefault(str(shipment.get("ShipmentId")), entry)
    missing = [name for name in wanted.followed if name not in found]
    for start in range(0, len(missing), IDS_PER_CALL):
        ids = missing[start : start + IDS_PER_CALL]
        for shipment in _by_id(amazon, places[0], ids):
            found.setdefault(str(shipment.get("ShipmentId")), shipment)
    return list(found.values())


def _listed(
    amazon: Amazon, place: Marketplace, wanted: Wanted
) -> Iterable[dict[str, Any]]:
    queries: tuple[dict[str, Any], ...] = (
        {"QueryType": "SHIPMENT", "ShipmentStatusList": list(OPEN)},
        {
            "QueryType": "DATE_RANGE",
            "ShipmentStatusList": list(OVER),
            "LastUpdatedAfter": wanted.changed_after,
            "LastUpdatedBefore": wanted.changed_before,
        },
    )
    for query in queries:
        for page in amazon.whole(
            "getShipments", MarketplaceId=place.amazon_id, **query
        ):
            yield from page["ShipmentData"]


def _by_id(
    amazon: Amazon, place: Marketplace, ids: Sequence[str]
) -> Iterable[dict[str, Any]]:
    for page in amazon.whole(
        "getShipments",
        MarketplaceId=place.amazon_id,
        QueryType="SHIPMENT",
        ShipmentIdList=list(ids),
    ):
        yield from page["ShipmentData"]


def fetch_items(
    amazon: Amazon, shipment_id: str, place: Marketplace
) -> list[dict[str, Any]]:
    """Return every item of a shipment, with what was received of it."""
    pages = amazon.whole(
        "getShipmentItemsByShipmentId",
        shipmentId=shipment_id,
        MarketplaceId=place.amazon_id,
    )
    items = [item for page in pages for item in page["ItemData"]]
    return [{**item, "ShipmentId": shipment_id} for item in items]


def rows(batch: Sequence[dict[str, Any]]) -> pa.Table:
    """Return one row per shipment."""
    table = pa.Table.from_pylist(list(batch), schema=SHIPMENT)
    table = table.filter(table["ShipmentId"].is_valid())
    status = pc.fill_null(table["ShipmentStatus"], "UNKNOWN")
    return pa.table(
        {
            "shipment_id": table["ShipmentId"],
            "name": table["ShipmentName"],
            "status": status,
            "destination": table["DestinationFulfillmentCenterId"],
            "marketplace_id": table["marketplace"],
        }
    )


def item_rows(batch: Sequence[dict[str, Any]]) -> pa.Table:
    """Return one row per shipment and SKU: equal SKUs are added up."""
    table = pa.Table.from_pylist(list(batch), schema=ITEM)
    table = table.filter(table["SellerSKU"].is_valid())
    filled = pa.table(
        {
            "shipment_id": table["ShipmentId"],
            "sku": table["SellerSKU"],
            "units_shipped": pc.fill_null(table["QuantityShipped"], 0),
            "units_received": pc.fill_null(table["QuantityReceived"], 0),
        }
    )
    summed = filled.group_by(["shipment_id", "sku"], use_threads=False).aggregate(
        [("units_shipped", "sum"), ("units_received", "sum")]
    )
    return summed.rename_columns(filled.column_names)
