"""What are the products called? Amazon's catalog, ASIN by ASIN."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from core.kernel.marketplaces import Marketplace
from core.spapi.client import Amazon

ASINS_PER_CALL = 20
_ITEM = pa.schema(
    [(name, pa.string()) for name in ("asin", "title", "brand", "product_type")]
)


def batches(asins: Sequence[str]) -> list[list[str]]:
    """Return the ASINs as Amazon takes them: so many in one call."""
    starts = range(0, len(asins), ASINS_PER_CALL)
    return [list(asins[start : start + ASINS_PER_CALL]) for start in starts]


def fetch(
    amazon: Amazon, place: Marketplace, asins: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the catalog's items of at most twenty ASINs."""
    pages = amazon.whole(
        "searchCatalogItems",
        identifiers=list(asins),
        identifiersType="ASIN",
        includedData=["summaries", "productTypes"],
        marketplaceIds=[place.amazon_id],
        pageSize=ASINS_PER_CALL,
    )
    return [item for page in pages for item in page["items"]]


def rows(
    batch: Sequence[dict[str, Any]], place: Marketplace, asins: Sequence[str]
) -> pa.Table:
    """Return one row per ASIN asked for, without names where Amazon has none."""
    found = {item.get("asin"): _row(item, place) for item in batch}
    empty = dict.fromkeys(_ITEM.names)
    return pa.Table.from_pylist(
        [{**empty, **found.get(asin, {}), "asin": asin} for asin in asins],
        schema=_ITEM,
    )


def _row(item: dict[str, Any], place: Marketplace) -> dict[str, Any]:
    summary = _of_marketplace(item.get("summaries"), place)
    kind = _of_marketplace(item.get("productTypes"), place)
    return {
        "title": summary.get("itemName"),
        "brand": summary.get("brand"),
        "product_type": kind.get("productType"),
    }


def _of_marketplace(entries: Any, place: Marketplace) -> dict[str, Any]:
    for entry in entries or ():
        if entry.get("marketplaceId") == place.amazon_id:
            return dict(entry)
    return {}
