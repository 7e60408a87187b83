"""Does Amazon's own SDK read the same from the double as our client?"""

import gzip
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from core.kernel.clock import SystemClock
from core.spapi.auth import Access
from core.spapi.client import Amazon
from core.spapi.limits import Limits
from tests.building.sandbox import SellerLine, place, running_sandbox, small_world

spapi = pytest.importorskip("spapi", reason="amzn-sp-api is not installed")

US = place("US")
ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
WEEK = {
    "dataStartTime": "2026-11-01T00:00:00Z",
    "dataEndTime": "2026-11-08T00:00:00Z",
}


@pytest.fixture(scope="module")
def line() -> Iterator[SellerLine]:
    with running_sandbox(small_world(120)) as lines:
        yield lines[0]


@pytest.fixture(scope="module")
def theirs(line: SellerLine) -> Any:
    config = spapi.SPAPIConfig(
        client_id=line.client_id,
        client_secret=line.client_secret,
        refresh_token=line.refresh_token,
        region="NA",
    )
    return spapi.SPAPIClient(
        config,
        oauth_endpoint=f"{line.lwa_endpoint}/auth/o2/token",
        endpoint=line.endpoint,
    ).api_client


@pytest.fixture(scope="module")
def ours(line: SellerLine) -> Iterator[Amazon]:
    clock = SystemClock()
    access = Access(
        region=line.region,
        seller_id=line.seller_id,
        endpoint=line.endpoint,
        lwa_endpoint=line.lwa_endpoint,
        client_id=line.client_id,
        client_secret=line.client_secret,
        refresh_token=line.refresh_token,
    )
    amazon = Amazon(access, clock=clock, limits=Limits(clock))
    yield amazon
    amazon.close()


def test_the_participations_are_the_same(theirs: Any, ours: Amazon) -> None:
    from spapi.api.sellers_v1.sellers_api import SellersApi

    answer = SellersApi(theirs).get_marketplace_participations()
    theirs_found = {(p.marketplace.id, p.store_name) for p in answer.payload}
    payload = ours.call("getMarketplaceParticipations").payload
    assert theirs_found == {(p["marketplace"]["id"], p["storeName"]) for p in payload}


def test_the_inventory_is_the_same(theirs: Any, ours: Amazon) -> None:
    from spapi.api.fba_inventory_v1.fba_inventory_api import FbaInventoryApi

    api, found, token = FbaInventoryApi(theirs), {}, None
    while True:
        more = {"next_token": token} if token else {}
        answer = api.get_inventory_summaries(
            granularity_type="Marketplace",
            granularity_id=US,
            marketplace_ids=[US],
            details=True,
            **more,
        )
        for one in answer.payload.inventory_summaries:
            found[one.seller_sku] = (
                one.total_quantity,
                one.inventory_details.fulfillable_quantity,
                one.inventory_details.reserved_quantity.total_reserved_quantity,
            )
        token = answer.pagination.next_token if answer.pagination else None
        if not token:
            break
    pages = ours.pages(
        "getInventorySummaries",
        granularityType="Marketplace",
        granularityId=US,
        marketplaceIds=[US],
        details=True,
    )
    own = {
        one["sellerSku"]: (
            one["totalQuantity"],
            one["inventoryDetails"]["fulfillableQuantity"],
            one["inventoryDetails"]["reservedQuantity"]["totalReservedQuantity"],
        )
        for page in pages
        for one in page["inventorySummaries"]
    }
    assert found == own
    assert len(found) > 50


def test_a_report_is_the_same(theirs: Any, ours: Amazon) -> None:
    from spapi.api.reports_v2021_06_30.reports_api import ReportsApi
    from spapi.models.reports_v2021_06_30 import CreateReportSpecification

    api = ReportsApi(theirs)
    wish = CreateReportSpecification(
        report_type=ORDERS,
        marketplace_ids=[US],
        data_start_time=WEEK["dataStartTime"],
        data_end_time=WEEK["dataEndTime"],
    )
    report_id = api.create_report(wish).report_id
    report = api.get_report(report_id)
    while report.processing_status in ("IN_QUEUE", "IN_PROGRESS"):
        time.sleep(0.05)  # a real server needs real time
        report = api.get_report(report_id)
    assert report.processing_status == "DONE"
    listed = api.get_reports(report_types=[ORDERS], processing_statuses=["DONE"])
    assert report_id in [one.report_id for one in listed.reports]
    found = api.get_report_document(report.report_document_id)
    assert found.compression_algorithm == "GZIP"
    packed = httpx.get(found.url, trust_env=False).content
    own = ours.document(report.report_document_id)
    assert gzip.decompress(packed) == b"".join(own.chunks())


def test_the_shipments_are_the_same(theirs: Any, ours: Amazon) -> None:
    from spapi.api.fulfillment_inbound_v0.fba_inbound_v0_api import FbaInboundV0Api

    statuses = ["CLOSED", "RECEIVING", "IN_TRANSIT", "SHIPPED", "WORKING"]
    api = FbaInboundV0Api(theirs)
    answer = api.get_shipments(
        query_type="SHIPMENT", marketplace_id=US, shipment_status_list=statuses
    )
    found = {one.shipment_id for one in answer.payload.shipment_data}
    while answer.payload.next_token:
        answer = api.get_shipments(
            query_type="NEXT_TOKEN",
            marketplace_id=US,
            next_token=answer.payload.next_token,
        )
        found |= {one.shipment_id for one in answer.payload.shipment_data}
    pages = ours.pages(
        "getShipments",
        QueryType="SHIPMENT",
        MarketplaceId=US,
        ShipmentStatusList=statuses,
    )
    assert found == {s["ShipmentId"] for page in pages for s in page["ShipmentData"]}
    some = min(found)
    items = api.get_shipment_items_by_shipment_id(some).payload.item_data
    own = ours.call("getShipmentItemsByShipmentId", shipmentId=some).payload
    assert {(i.seller_sku, i.quantity_shipped, i.quantity_received) for i in items} == {
        (i["SellerSKU"], i["QuantityShipped"], i["QuantityReceived"])
        for i in own["ItemData"]
    }
