"""Does every walk over pages see everything once?"""

from typing import Any

import pytest

from core.spapi.sandbox.world import World
from tests.building.sandbox import Caller, place

US = place("US")
SHIPMENTS = "/fba/inbound/v0/shipments"


def inventory(caller: Caller, code: str, **more: str) -> list[dict[str, Any]]:
    """Walk the summaries of a marketplace."""
    here = place(code)
    query = {"granularityType": "Marketplace", "granularityId": here, "details": "true"}
    found, token = [], {}
    while True:
        answer = caller.get(
            "/fba/inventory/v1/summaries", marketplaceIds=here, **query, **more, **token
        ).json()
        found += answer["payload"]["inventorySummaries"]
        if not answer["pagination"]:
            return found
        assert len(answer["payload"]["inventorySummaries"]) == 50
        token = {"nextToken": answer["pagination"]["nextToken"]}


@pytest.mark.parametrize("code", ["US", "CA"])
def test_an_inventory_walk_lists_every_sku_of_the_pool_once(
    us: Caller, world: World, code: str
) -> None:
    found = inventory(us, code)
    skus = [one["sellerSku"] for one in found]
    assert skus == sorted(set(skus))
    held = world.standings[code]
    assert sum(one["totalQuantity"] for one in found) == held.total.sum()
    details = [one["inventoryDetails"] for one in found]
    assert sum(d["fulfillableQuantity"] for d in details) == held.fulfillable.sum()
    for one, parts in zip(found, details, strict=True):
        assert one["totalQuantity"] == (
            parts["fulfillableQuantity"]
            + parts["reservedQuantity"]["totalReservedQuantity"]
            + parts["unfulfillableQuantity"]["totalUnfulfillableQuantity"]
            + parts["researchingQuantity"]["totalResearchingQuantity"]
            + parts["inboundWorkingQuantity"]
            + parts["inboundShippedQuantity"]
            + parts["inboundReceivingQuantity"]
        )


def test_every_marketplace_of_the_eu_shows_the_whole_pool(
    callers: dict[str, Caller],
) -> None:
    walks = [inventory(callers["EU"], code) for code in ("DE", "FR", "IT", "ES")]
    totals = [[one["totalQuantity"] for one in walk] for walk in walks]
    assert totals[0]
    assert all(total == totals[0] for total in totals)
    assert walks[0] != inventory(callers["EU"], "UK")


def test_summaries_can_be_asked_by_sku_and_by_change(us: Caller) -> None:
    walk = inventory(us, "US")
    asked = [walk[3]["sellerSku"], walk[7]["sellerSku"]]
    found = inventory(us, "US", sellerSkus=",".join(asked))
    assert [one["sellerSku"] for one in found] == asked
    fresh = inventory(us, "US", startDateTime="2026-11-15T00:00:00Z")
    assert 0 < len(fresh) < len(walk)


def test_a_walk_over_shipments_sees_each_once(us: Caller, world: World) -> None:
    statuses = {one.status for one in world.sellers[0].shipments}
    query = {"QueryType": "SHIPMENT", "ShipmentStatusList": ",".join(sorted(statuses))}
    found: list[str] = []
    for code in ("US", "CA", "MX"):
        token: dict[str, str] = {}
        while True:
            asked = token or query
            payload = us.get(SHIPMENTS, MarketplaceId=place(code), **asked).json()
            page = payload["payload"]
            found += [one["ShipmentId"] for one in page["ShipmentData"]]
            assert len(page["ShipmentData"]) <= 50
            if "NextToken" not in page:
                break
            token = {"QueryType": "NEXT_TOKEN", "NextToken": page["NextToken"]}
    assert len(found) == len(set(found))
    assert set(found) == {one.shipment_id for one in world.sellers[0].shipments}


def test_shipments_can_be_asked_by_id_and_by_date(us: Caller, world: World) -> None:
    (one, *_) = (s for s in world.sellers[0].shipments if s.pool == "US")
    query = {"QueryType": "SHIPMENT", "MarketplaceId": US}
    by_id = us.get(SHIPMENTS, **query, ShipmentIdList=one.shipment_id).json()
    (found,) = by_id["payload"]["ShipmentData"]
    assert found["ShipmentStatus"] == one.status
    dates = {
        "LastUpdatedAfter": "2026-10-01T00:00:00Z",
        "LastUpdatedBefore": "2026-11-01T00:00:00Z",
    }
    by_date = us.get(
        SHIPMENTS,
        QueryType="DATE_RANGE",
        MarketplaceId=US,
        ShipmentStatusList="CLOSED",
        **dates,
    ).json()["payload"]["ShipmentData"]
    meant = [
        s.shipment_id
        for s in world.sellers[0].shipments
        if s.pool == "US"
        and s.status == "CLOSED"
        and "2026-10-01" <= f"{s.updated_at:%Y-%m-%d}" < "2026-11-01"
    ]
    assert sorted(s["ShipmentId"] for s in by_date) == sorted(meant)
