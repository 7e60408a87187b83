"""Amazon's own examples go through our client and our parsers."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from core.kernel.errors import AppError, RequestRefusedError, UnavailableError
from core.kernel.marketplaces import marketplace
from core.spapi.answers import read
from core.spapi.operations import OPERATIONS, Operation
from core.sync.datasets import catalog, inventory, participations, shipments
from tests.building.loopback import TOKEN_PATH, Reply, amazon_at, loopback
from tests.building.shared import shared
from tests.building.simulated_clock import SimulatedClock
from tests.contract.requests import described, model

PARAMS: dict[str, dict[str, Any]] = {
    "getInventorySummaries": {
        "granularityType": "Marketplace",
        "granularityId": "X",
        "marketplaceIds": ["X"],
    },
    "createReport": {"reportType": "T", "marketplaceIds": ["X"]},
    "getReport": {"reportId": "1"},
    "getReportDocument": {"reportDocumentId": "1"},
    "getShipments": {"QueryType": "SHIPMENT", "MarketplaceId": "X"},
    "getShipmentItems": {"QueryType": "DATE_RANGE", "MarketplaceId": "X"},
    "getShipmentItemsByShipmentId": {"shipmentId": "FBA1"},
    "searchCatalogItems": {"marketplaceIds": ["ATVPDKIKX0DER"]},
}
STATIC = [name for name in OPERATIONS if name != "getInventorySummaries"]
OTHER_MODELS = (
    "awd_2024-05-09.json",
    "fulfillmentInbound_2024-03-20.json",
    "orders_2026-01-01.json",
    "sales.json",
    "sellers.json",
)


def examples(responses: dict[str, Any]) -> Iterator[tuple[int, Any]]:
    """Yield status and body of every static example."""
    for status, response in responses.items():
        for example in response.get("x-amzn-api-sandbox", {}).get("static", []):
            yield int(status), example.get("response", {})


def ask(operation: str, status: int, body: Any) -> Any:
    """Let the client ask a server that answers with an example."""
    clock = SimulatedClock()

    def answer(asked: Any) -> Any:
        return None if asked.path == TOKEN_PATH else Reply(body, status)

    with loopback(answer) as server:
        amazon = amazon_at(server.address, clock)
        try:
            return amazon.call(operation, **PARAMS.get(operation, {}))
        finally:
            amazon.close()


@pytest.mark.parametrize("name", STATIC)
def test_every_good_example_is_an_answer(name: str) -> None:
    operation = OPERATIONS[name]
    good = [e for e in examples(described(operation)["responses"]) if e[0] < 300]
    assert good
    for status, body in good:
        answer = ask(name, status, body)
        expected = body[operation.payload] if operation.payload else body
        assert answer.payload == expected


@pytest.mark.parametrize("name", STATIC)
def test_every_bad_example_is_a_refusal(name: str) -> None:
    for status, body in examples(described(OPERATIONS[name])["responses"]):
        if status >= 300:
            with pytest.raises(RequestRefusedError) as caught:
                ask(name, status, body)
            assert caught.value.status == status
            assert body["errors"][0]["code"] in str(caught.value)


def test_the_example_of_participations_becomes_rows() -> None:
    ((_, body), *_) = examples(
        described(OPERATIONS["getMarketplaceParticipations"])["responses"]
    )
    assert participations.rows(body["payload"]).num_rows == len(body["payload"])


def test_the_invalid_example_of_shipments_becomes_rows() -> None:
    ((_, body), *_) = examples(described(OPERATIONS["getShipments"])["responses"])
    listed = body["payload"]["ShipmentData"]
    place = marketplace("US").number
    found = shipments.rows([{**shipment, "marketplace": place} for shipment in listed])
    assert found.num_rows == len({shipment["ShipmentId"] for shipment in listed})


@pytest.mark.parametrize("name", ["getShipmentItemsByShipmentId", "getShipmentItems"])
def test_the_examples_of_items_become_rows(name: str) -> None:
    for status, body in examples(described(OPERATIONS[name])["responses"]):
        if status == 200:
            items = body["payload"]["ItemData"]
            assert shipments.item_rows(items).num_rows == len(items)


def test_the_example_of_the_catalog_becomes_rows() -> None:
    ((_, body), *_) = examples(described(OPERATIONS["searchCatalogItems"])["responses"])
    asins = [item["asin"] for item in body["items"]]
    found = catalog.rows(body["items"], marketplace("US"), asins)
    assert found.num_rows == len(asins)


def test_a_summary_with_every_field_of_the_schema_becomes_a_row() -> None:
    facts = model("fbaInventory.json")["definitions"]
    assert inventory.rows([_made(facts, facts["InventorySummary"])]).num_rows == 1


def _made(definitions: dict[str, Any], schema: dict[str, Any]) -> Any:
    """Return a value of a schema, with every property: Amazon has no example."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if schema["type"] == "object":
        fields = schema.get("properties", {})
        return {name: _made(definitions, part) for name, part in fields.items()}
    if schema["type"] == "array":
        return [_made(definitions, schema["items"])]
    if schema.get("format") == "date-time":
        return "2026-11-21T12:00:00Z"
    return {"integer": 3, "number": 3, "boolean": True}.get(schema["type"], "text")


@pytest.mark.parametrize("name", OTHER_MODELS)
def test_no_example_of_an_api_that_comes_later_crashes_the_reader(name: str) -> None:
    facts = json.loads(shared(f"spapi-models/{name}").read_text())
    seen = 0
    for path, methods in facts["paths"].items():
        for method, described_as in methods.items():
            if method not in ("get", "post", "put", "delete"):
                continue
            operation = Operation(
                described_as["operationId"],
                "GET",
                path,
                name,
                rate=1,
                burst=1,
                role="Amazon Fulfillment",
                next_token="nextToken",
                must_have=("anything",),
            )
            for _, body in examples(described_as["responses"]):
                seen += 1
                with pytest.raises((AppError, UnavailableError)):
                    read(operation, body if isinstance(body, dict) else {}, {})
    assert seen
