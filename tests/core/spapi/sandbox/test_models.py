"""Are the double's answers what Amazon's models describe?"""

import json
from typing import Any

import pytest
from jsonschema import Draft4Validator

from core.spapi.operations import OPERATIONS
from core.spapi.sandbox.world import World
from tests.building.sandbox import REPORTS, Caller, place
from tests.building.shared import shared

US = place("US")
STATUSES = "WORKING,SHIPPED,RECEIVING,CANCELLED,CLOSED,IN_TRANSIT,DELIVERED,CHECKED_IN"
QUERIES: dict[str, dict[str, str]] = {
    "getMarketplaceParticipations": {},
    "getInventorySummaries": {
        "granularityType": "Marketplace",
        "granularityId": US,
        "marketplaceIds": US,
        "details": "true",
    },
    "getReports": {"reportTypes": "GET_RESERVED_INVENTORY_DATA"},
    "getShipments": {
        "QueryType": "SHIPMENT",
        "MarketplaceId": US,
        "ShipmentStatusList": STATUSES,
    },
    "getShipmentItems": {
        "QueryType": "DATE_RANGE",
        "MarketplaceId": US,
        "LastUpdatedAfter": "2026-01-01T00:00:00Z",
        "LastUpdatedBefore": "2026-11-01T00:00:00Z",
    },
}


def check(name: str, answer: Any, status: int = 200) -> None:
    """Hold an answer against the schema of its operation and status."""
    operation = OPERATIONS[name]
    model = json.loads(shared(f"spapi-models/{operation.model}").read_text())
    told = model["paths"][operation.path][operation.method.lower()]["responses"]
    schema = told[str(status)]["schema"] | {"definitions": model["definitions"]}
    Draft4Validator(schema).validate(answer)


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_an_answer_is_of_the_models_form(us: Caller, name: str) -> None:
    answer = us.get(OPERATIONS[name].path, **QUERIES[name])
    check(name, answer.json(), answer.status_code)
    check(name, us.get(OPERATIONS[name].path, colour="red").json(), 400)


def test_a_report_and_its_document_are_of_the_models_form(us: Caller) -> None:
    body = {
        "reportType": "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL",
        "marketplaceIds": [US],
        "dataStartTime": "2026-11-01T00:00:00Z",
        "dataEndTime": "2026-11-03T00:00:00Z",
    }
    created = us.post(body)
    check("createReport", created.json(), 202)
    identity = created.json()["reportId"]
    check("getReport", us.get(f"{REPORTS}/reports/{identity}").json())
    report = us.ended(identity)
    check("getReport", report)
    path = f"{REPORTS}/documents/{report['reportDocumentId']}"
    check("getReportDocument", us.get(path).json())


def test_items_of_a_shipment_are_of_the_models_form(us: Caller) -> None:
    page = us.get(OPERATIONS["getShipments"].path, **QUERIES["getShipments"]).json()
    for shipment in page["payload"]["ShipmentData"][:5]:
        path = f"/fba/inbound/v0/shipments/{shipment['ShipmentId']}/items"
        answer = us.get(path)
        check("getShipmentItemsByShipmentId", answer.json())
        assert answer.json()["payload"]["ItemData"]


def test_the_catalog_is_of_the_models_form(us: Caller, world: World) -> None:
    path = OPERATIONS["searchCatalogItems"].path
    asked = ",".join([*world.goods.asin[:18], "B000000000"])
    query = {
        "marketplaceIds": US,
        "identifiers": asked,
        "identifiersType": "ASIN",
        "includedData": "summaries,productTypes,identifiers",
        "pageSize": "20",
    }
    answer = us.get(path, **query).json()
    check("searchCatalogItems", answer)
    assert answer["numberOfResults"] == 18
    words = us.get(path, marketplaceIds=US, keywords="mug", pageSize="2").json()
    check("searchCatalogItems", words)
    sku = query | {
        "identifiers": world.goods.sku[0],
        "identifiersType": "SKU",
        "sellerId": us.line.seller_id,
    }
    assert us.get(path, **sku).json()["items"][0]["asin"] == world.goods.asin[0]
