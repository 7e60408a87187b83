"""A list is whole or it is an error."""

from typing import Any

import pytest

from core.kernel.errors import RequestRefusedError, UnavailableError
from core.spapi.answers import Answer
from core.spapi.pages import ChainBrokenError, chain, whole

WALK = {"granularityType": "Marketplace", "startDateTime": "x"}


class Pages:
    """Amazon as a list of pages, dying or repeating itself when told to."""

    def __init__(self, key: str, name: str, pages: int, *, dies: int = 0) -> None:
        self.asked: list[dict[str, Any]] = []
        self._key, self._name, self._pages, self._dies = key, name, pages, dies

    def __call__(self, operation: str, /, **params: Any) -> Answer:
        self.asked.append(params)
        token = next((params[n] for n in params if n.lower().endswith("token")), "0")
        if token == "2" and self._dies:
            self._dies -= 1
            raise RequestRefusedError("The token is dead.", status=400)
        at = int(token)
        rows = [{self._name: f"{at}-{row}"} for row in range(3)]
        following = str(at + 1) if at + 1 < self._pages else None
        return Answer({self._key: rows}, following)


def test_every_page_comes_once() -> None:
    amazon = Pages("inventorySummaries", "sellerSku", 4)
    pages = whole(amazon, "getInventorySummaries", WALK)
    assert [page["inventorySummaries"][0]["sellerSku"] for page in pages] == [
        "0-0",
        "1-0",
        "2-0",
        "3-0",
    ]
    assert amazon.asked[1:] == [{**WALK, "nextToken": str(n)} for n in (1, 2, 3)]


def test_the_list_of_reports_is_continued_by_its_token_alone() -> None:
    amazon = Pages("reports", "reportId", 2)
    whole(amazon, "getReports", {"reportTypes": ["T"], "pageSize": 100})
    assert amazon.asked[1] == {"nextToken": "1"}


def test_shipments_are_continued_by_their_query_type() -> None:
    amazon = Pages("ShipmentData", "ShipmentId", 2)
    params = {"QueryType": "SHIPMENT", "MarketplaceId": "X", "ShipmentStatusList": []}
    whole(amazon, "getShipments", params)
    assert amazon.asked[1] == {
        "QueryType": "NEXT_TOKEN",
        "MarketplaceId": "X",
        "NextToken": "1",
    }


def test_a_shipments_items_are_continued_by_the_operation_that_can() -> None:
    asked = []

    def answer(operation: str, /, **params: Any) -> Answer:
        asked.append((operation, params))
        return Answer(
            {"ItemData": [{"SKU": len(asked)}]}, "T" if not asked[1:] else None
        )

    params = {"shipmentId": "FBA1", "MarketplaceId": "X"}
    assert len(whole(answer, "getShipmentItemsByShipmentId", params)) == 2
    assert asked == [
        ("getShipmentItemsByShipmentId", {"shipmentId": "FBA1"}),
        (
            "getShipmentItems",
            {"QueryType": "NEXT_TOKEN", "MarketplaceId": "X", "NextToken": "T"},
        ),
    ]


def test_a_chain_whose_token_died_is_started_over_and_discarded() -> None:
    amazon = Pages("inventorySummaries", "sellerSku", 4, dies=2)
    seen: list[Any] = []
    pages = whole(amazon, "getInventorySummaries", WALK, seen.append)
    assert len(pages) == 4
    assert len(seen) == 2 + 2 + 4


def test_a_reader_of_pages_learns_that_the_chain_broke() -> None:
    amazon = Pages("inventorySummaries", "sellerSku", 4, dies=1)
    pages = chain(amazon, "getInventorySummaries", WALK)
    assert len([next(pages), next(pages)]) == 2
    with pytest.raises(ChainBrokenError):
        next(pages)


def test_a_chain_that_always_dies_is_an_error() -> None:
    amazon = Pages("inventorySummaries", "sellerSku", 4, dies=99)
    with pytest.raises(UnavailableError):
        whole(amazon, "getInventorySummaries", WALK)
    assert len(amazon.asked) == 4 * 3


def test_a_refused_first_page_is_no_broken_chain() -> None:
    def refuse(_: str, /, **__: Any) -> Answer:
        raise RequestRefusedError("No.", status=400)

    with pytest.raises(RequestRefusedError):
        whole(refuse, "getInventorySummaries", WALK)


@pytest.mark.parametrize("other_token", [True, False])
def test_pages_that_repeat_themselves_end_in_an_error(other_token: bool) -> None:
    asked = []

    def repeat(_: str, /, **params: Any) -> Answer:
        asked.append(params)
        token = str(len(asked)) if other_token else "same"
        row = "same" if other_token else str(len(asked))
        return Answer({"ShipmentData": [{"ShipmentId": row}]}, token)

    with pytest.raises(UnavailableError, match="repeats itself"):
        whole(repeat, "getShipments", {"MarketplaceId": "X"})
    assert len(asked) == 2


def test_an_empty_page_does_not_end_the_list() -> None:
    pages = iter(
        [
            Answer({"items": []}, "1"),
            Answer({"items": []}, "2"),
            Answer({"items": [{"asin": "B0"}]}),
        ]
    )
    found = whole(lambda *_, **__: next(pages), "searchCatalogItems", {})
    assert [len(page["items"]) for page in found] == [0, 0, 1]
