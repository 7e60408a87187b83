"""What does the inbound API (v0) say of shipments and their items?"""

from typing import Any

from core.kernel.marketplaces import BY_AMAZON_ID, MARKETPLACES
from core.spapi.sandbox.answers import Answer, Call, House
from core.spapi.sandbox.refusals import (
    instant,
    invalid,
    not_found,
    unauthorized,
    value,
    values,
)
from core.spapi.sandbox.world.model import Shipment, World

PAGE = 50
_FIRST_OF_POOL = {place.pool: place.amazon_id for place in reversed(MARKETPLACES)}


def shipments(house: House, call: Call) -> Answer:
    """Return a page of shipments, by status and id or by date of change."""
    place = _place(call)
    kind, token = value(call.query, "QueryType"), value(call.query, "NextToken")
    scope = ("shipments", call.seller.seller_id)
    if kind == "NEXT_TOKEN":
        page = house.pages.turn(scope, (), PAGE, _needed(token))
    else:
        found = [one for one in _of(call, place) if _matches(call, kind, one)]
        page = house.pages.turn(scope, found, PAGE, "")
    payload: Answer = {"ShipmentData": [_shipment(one) for one in page.rows]}
    return {"payload": payload | ({"NextToken": page.token} if page.token else {})}


def items_by_shipment(house: House, call: Call) -> Answer:
    """Return all items of one shipment."""
    identity = call.path["shipmentId"]
    for one in call.seller.shipments:
        if one.shipment_id == identity:
            rows = [(one, row) for row in range(len(one.skus))]
            return {"payload": {"ItemData": [_item(house.world, *at) for at in rows]}}
    raise not_found(f"Shipment {identity}")


def items(house: House, call: Call) -> Answer:
    """Return a page of the items of shipments that changed in some time."""
    place = _place(call)
    kind, token = value(call.query, "QueryType"), value(call.query, "NextToken")
    scope = ("items", call.seller.seller_id)
    if kind == "NEXT_TOKEN":
        page = house.pages.turn(scope, (), PAGE, _needed(token))
    else:
        rows = [
            (one, row)
            for one in _of(call, place)
            if _changed(call, one)
            for row in range(len(one.skus))
        ]
        page = house.pages.turn(scope, rows, PAGE, "")
    payload: Answer = {"ItemData": [_item(house.world, *at) for at in page.rows]}
    return {"payload": payload | ({"NextToken": page.token} if page.token else {})}


def _place(call: Call) -> str:
    place = BY_AMAZON_ID.get(value(call.query, "MarketplaceId"))
    if place is None:
        raise invalid("Invalid MarketplaceId.")
    if place not in call.seller.marketplaces:
        raise unauthorized("The seller does not sell in this marketplace.")
    return place.amazon_id


def _of(call: Call, amazon_id: str) -> list[Shipment]:
    """Return the shipments of a marketplace: its pool's go to the first one."""
    return [
        one for one in call.seller.shipments if _FIRST_OF_POOL[one.pool] == amazon_id
    ]


def _matches(call: Call, kind: str, one: Shipment) -> bool:
    statuses = values(call.query, "ShipmentStatusList")
    wanted = values(call.query, "ShipmentIdList")
    if kind == "DATE_RANGE":
        if not statuses:
            raise invalid("ShipmentStatusList is required with DATE_RANGE.")
        return one.status in statuses and _changed(call, one)
    if not statuses and not wanted:
        raise invalid("ShipmentStatusList or ShipmentIdList is required.")
    return (not statuses or one.status in statuses) and (
        not wanted or one.shipment_id in wanted
    )


def _changed(call: Call, one: Shipment) -> bool:
    after = value(call.query, "LastUpdatedAfter")
    before = value(call.query, "LastUpdatedBefore")
    if not after or not before:
        raise invalid("LastUpdatedAfter and LastUpdatedBefore are required.")
    low, high = instant("LastUpdatedAfter", after), instant("LastUpdatedBefore", before)
    return low <= one.updated_at <= high


def _needed(token: str) -> str:
    if not token:
        raise invalid("NextToken is required with NEXT_TOKEN.")
    return token


def _shipment(one: Shipment) -> Answer:
    return {
        "ShipmentId": one.shipment_id,
        "ShipmentName": one.name,
        "ShipFromAddress": {
            "Name": "Hearth & Fern Ltd",
            "AddressLine1": "1 Mill Lane",
            "City": "Leeds",
            "StateOrProvinceCode": "ENG",
            "CountryCode": "GB",
            "PostalCode": "LS1 1AA",
        },
        "DestinationFulfillmentCenterId": one.center,
        "ShipmentStatus": one.status,
        "LabelPrepType": "SELLER_LABEL",
        "AreCasesRequired": False,
        "BoxContentsSource": "INTERACTIVE",
    }


def _item(world: World, one: Shipment, row: int) -> dict[str, Any]:
    sku = one.skus[row]
    return {
        "ShipmentId": one.shipment_id,
        "SellerSKU": world.goods.sku[sku],
        "FulfillmentNetworkSKU": world.goods.fnsku[sku],
        "QuantityShipped": int(one.shipped[row]),
        "QuantityReceived": int(one.received[row]),
        "QuantityInCase": 0,
        "PrepDetailsList": [],
    }
