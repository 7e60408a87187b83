"""Which operations of SP-API are used, and what does Amazon say of them?

The single table of facts: the client paces and checks by it, the double
refuses by it, the table in docs/ is made from it, and a test holds it
against Amazon's models.
"""

from dataclasses import dataclass
from typing import Literal

Role = Literal[
    "Selling Partner Insights",
    "Product Listing",
    "Amazon Fulfillment",
    "Inventory and Order Tracking",
]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of SP-API.

    Attributes:
        path: With `{name}` where a parameter stands in it.
        required: Query parameters, or keys of the body, that must be there.
        optional: Those that may be.
        rate: Requests per second that refill the bucket.
        burst: How many requests the full bucket holds.
        next_token: The parameter that carries the token of the next page,
            empty where there are no pages.
        role: The least role that opens it.
        payload: The key that a good answer must have, empty where the answer
            is the object itself; such an answer must have `must_have`.
        must_have: Keys that the payload must have.
    """

    name: str
    method: Literal["GET", "POST"]
    path: str
    model: str
    rate: float
    burst: int
    role: Role
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    next_token: str = ""
    payload: str = ""
    must_have: tuple[str, ...] = ()

    @property
    def parameters(self) -> frozenset[str]:
        """Return every parameter that Amazon knows, but those in the path."""
        return frozenset(self.required + self.optional)


_REPORTS = "/reports/2021-06-30"
_INBOUND = "/fba/inbound/v0"

OPERATIONS: dict[str, Operation] = {
    operation.name: operation
    for operation in (
        Operation(
            "getMarketplaceParticipations",
            "GET",
            "/sellers/v1/marketplaceParticipations",
            "sellers.json",
            rate=0.016,
            burst=15,
            role="Selling Partner Insights",
            payload="payload",
        ),
        Operation(
            "getInventorySummaries",
            "GET",
            "/fba/inventory/v1/summaries",
            "fbaInventory.json",
            rate=2,
            burst=2,
            role="Product Listing",
            required=("granularityType", "granularityId", "marketplaceIds"),
            optional=(
                "details",
                "startDateTime",
                "sellerSkus",
                "sellerSku",
                "nextToken",
            ),
            next_token="nextToken",
            payload="payload",
            must_have=("granularity", "inventorySummaries"),
        ),
        Operation(
            "createReport",
            "POST",
            f"{_REPORTS}/reports",
            "reports_2021-06-30.json",
            rate=0.0167,
            burst=15,
            role="Amazon Fulfillment",
            required=("reportType", "marketplaceIds"),
            optional=("reportOptions", "dataStartTime", "dataEndTime"),
            must_have=("reportId",),
        ),
        Operation(
            "getReport",
            "GET",
            f"{_REPORTS}/reports/{{reportId}}",
            "reports_2021-06-30.json",
            rate=2,
            burst=15,
            role="Amazon Fulfillment",
            must_have=("reportId", "reportType", "processingStatus", "createdTime"),
        ),
        Operation(
            "getReports",
            "GET",
            f"{_REPORTS}/reports",
            "reports_2021-06-30.json",
            rate=0.0222,
            burst=10,
            role="Amazon Fulfillment",
            optional=(
                "reportTypes",
                "processingStatuses",
                "marketplaceIds",
                "pageSize",
                "createdSince",
                "createdUntil",
                "nextToken",
            ),
            next_token="nextToken",
            must_have=("reports",),
        ),
        Operation(
            "getReportDocument",
            "GET",
            f"{_REPORTS}/documents/{{reportDocumentId}}",
            "reports_2021-06-30.json",
            rate=0.0167,
            burst=15,
            role="Amazon Fulfillment",
            optional=("enableContentEncodingUrlHeader",),
            must_have=("reportDocumentId", "url"),
        ),
        Operation(
            "getShipments",
            "GET",
            f"{_INBOUND}/shipments",
            "fulfillmentInboundV0.json",
            rate=2,
            burst=30,
            role="Amazon Fulfillment",
            required=("QueryType", "MarketplaceId"),
            optional=(
                "ShipmentStatusList",
                "ShipmentIdList",
                "LastUpdatedAfter",
                "LastUpdatedBefore",
                "NextToken",
            ),
            next_token="NextToken",
            payload="payload",
            must_have=("ShipmentData",),
        ),
        Operation(
            "getShipmentItemsByShipmentId",
            "GET",
            f"{_INBOUND}/shipments/{{shipmentId}}/items",
            "fulfillmentInboundV0.json",
            rate=2,
            burst=30,
            role="Amazon Fulfillment",
            optional=("MarketplaceId",),
            payload="payload",
            must_have=("ItemData",),
        ),
        Operation(
            "getShipmentItems",
            "GET",
            f"{_INBOUND}/shipmentItems",
            "fulfillmentInboundV0.json",
            rate=2,
            burst=30,
            role="Amazon Fulfillment",
            required=("QueryType", "MarketplaceId"),
            optional=("LastUpdatedAfter", "LastUpdatedBefore", "NextToken"),
            next_token="NextToken",
            payload="payload",
            must_have=("ItemData",),
        ),
        Operation(
            "searchCatalogItems",
            "GET",
            "/catalog/2022-04-01/items",
            "catalogItems_2022-04-01.json",
            rate=2,
            burst=2,
            role="Product Listing",
            required=("marketplaceIds",),
            optional=(
                "identifiers",
                "identifiersType",
                "includedData",
                "locale",
                "sellerId",
                "keywords",
                "brandNames",
                "classificationIds",
                "pageSize",
                "pageToken",
                "keywordsLocale",
            ),
            next_token="pageToken",
            must_have=("numberOfResults", "items"),
        ),
    )
}
