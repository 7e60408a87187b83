"""What does the double answer to each operation? One function each.

Not true to Amazon: searches of the catalog by keyword are by substring, and
the summaries of a marketplace hold everything that its pool holds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from core.kernel.clock import Clock
from core.kernel.marketplaces import BY_AMAZON_ID, Marketplace
from core.spapi.sandbox.faults import Faults
from core.spapi.sandbox.pages import Pages
from core.spapi.sandbox.refusals import (
    Query,
    instant,
    invalid,
    unauthorized,
    value,
    values,
)
from core.spapi.sandbox.reports.life import Reports
from core.spapi.sandbox.world.model import Seller, World
from core.spapi.sandbox.world.names import LANGUAGES

Answer = dict[str, Any]
_TALKS = {"DE": "de_DE", "FR": "fr_FR", "IT": "it_IT", "ES": "es_ES", "JP": "ja_JP"}


@dataclass(frozen=True, slots=True)
class Call:
    """One request that passed every check on single parameters."""

    seller: Seller
    path: Mapping[str, str]
    query: Query
    body: Mapping[str, Any]
    base: str


@dataclass(frozen=True, slots=True)
class House:
    """What all answers draw from."""

    world: World
    clock: Clock
    faults: Faults
    pages: Pages
    reports: Reports


def participations(_house: House, call: Call) -> Answer:
    """Return where the seller sells."""
    return {"payload": [_participation(place) for place in call.seller.marketplaces]}


def _participation(place: Marketplace) -> Answer:
    country = {"UK": "GB"}.get(place.code, place.code)
    return {
        "marketplace": {
            "id": place.amazon_id,
            "countryCode": country,
            "name": place.sales_channel,
            "defaultCurrencyCode": place.currency,
            "defaultLanguageCode": _TALKS.get(place.code, f"en_{country}"),
            "domainName": f"www.{place.sales_channel.lower()}",
        },
        "participation": {"isParticipating": True, "hasSuspendedListings": False},
        "storeName": "Hearth & Fern",
    }


def inventory(house: House, call: Call) -> Answer:
    """Return a page of inventory summaries: a token lives 30 seconds."""
    asked = value(call.query, "granularityId")
    if value(call.query, "marketplaceIds") != asked:
        raise invalid("granularityId and marketplaceIds must be the same marketplace.")
    place = own_marketplace(call.seller, asked)
    since = value(call.query, "startDateTime")
    if since and instant("startDateTime", since) < house.clock.now() - timedelta(550):
        raise invalid("startDateTime must not be older than 18 months.")
    held = house.world.standings[place.pool]
    rows = np.arange(len(held.sku))
    wanted = values(call.query, "sellerSkus") + call.query.get("sellerSku", [])
    if wanted:
        rows = rows[np.isin(house.world.goods.sku[held.sku].astype(str), wanted)]
    if since:
        origin = house.world.stock.first_day
        after = (instant("startDateTime", since).date() - origin).days
        rows = rows[held.changed_day[rows] >= after]
    details = value(call.query, "details").lower() == "true"
    scope = call.seller.seller_id, place.code, since, details, tuple(wanted)
    page = house.pages.turn(
        ("inventory", *scope), rows, 50, value(call.query, "nextToken"), seconds=30
    )
    found = {
        "granularity": {
            "granularityType": "Marketplace",
            "granularityId": place.amazon_id,
        },
        "inventorySummaries": [
            _summary(house.world, place, int(row), details=details) for row in page.rows
        ],
    }
    pagination = {"nextToken": page.token} if page.token else {}
    return {"payload": found, "pagination": pagination}


def _summary(world: World, place: Marketplace, row: int, *, details: bool) -> Answer:
    held, goods = world.standings[place.pool], world.goods
    sku = held.sku[row]
    changed = world.date_of(held.changed_day[row])
    found = {
        "asin": goods.asin[sku],
        "fnSku": goods.fnsku[sku],
        "sellerSku": goods.sku[sku],
        "condition": "NewItem",
        "lastUpdatedTime": f"{changed}T18:00:00Z",
        "productName": goods.title(LANGUAGES.get(place.code, "en"))[sku],
        "totalQuantity": int(held.total[row]),
        "stores": [],
    }
    if not details:
        return found
    return found | {"inventoryDetails": _details(world, place.pool, row)}


def _details(world: World, pool: str, row: int) -> Answer:
    held = world.standings[pool]
    searched = int(held.researching[row])
    terms = ("ShortTerm", searched), ("MidTerm", 0), ("LongTerm", 0)
    return {
        "fulfillableQuantity": int(held.fulfillable[row]),
        "inboundWorkingQuantity": int(held.working[row]),
        "inboundShippedQuantity": int(held.shipped[row]),
        "inboundReceivingQuantity": int(held.receiving[row]),
        "reservedQuantity": {
            "totalReservedQuantity": int(held.reserved[row]),
            "pendingCustomerOrderQuantity": int(held.customer_orders[row]),
            "pendingTransshipmentQuantity": int(held.transfers[row]),
            "fcProcessingQuantity": int(held.processing[row]),
        },
        "researchingQuantity": {
            "totalResearchingQuantity": searched,
            "researchingQuantityBreakdown": [
                {"name": f"researchingQuantityIn{term}", "quantity": units}
                for term, units in terms
            ],
        },
        "unfulfillableQuantity": {
            "totalUnfulfillableQuantity": int(held.unfulfillable[row]),
            "customerDamagedQuantity": int(held.customer_damaged[row]),
            "warehouseDamagedQuantity": int(held.warehouse_damaged[row]),
            "distributorDamagedQuantity": 0,
            "carrierDamagedQuantity": 0,
            "defectiveQuantity": 0,
            "expiredQuantity": 0,
        },
    }


def catalog(house: House, call: Call) -> Answer:
    """Return catalog items by ASIN, by the seller's SKU or by keyword."""
    place = own_marketplace(call.seller, value(call.query, "marketplaceIds"))
    asked = values(call.query, "identifiers")
    words = values(call.query, "keywords")
    kind = value(call.query, "identifiersType")
    if bool(asked) == bool(words):
        raise invalid("Either identifiers or keywords is required.")
    if asked and not kind:
        raise invalid("identifiersType is required with identifiers.")
    if kind == "SKU" and not value(call.query, "sellerId"):
        raise invalid("sellerId is required when identifiersType is SKU.")
    goods = house.world.goods
    titles = goods.title(LANGUAGES.get(place.code, "en"))
    if words:
        lowered = np.char.lower(titles.astype(str))
        hits = [np.char.find(lowered, word.lower()) >= 0 for word in words]
        rows = np.flatnonzero(np.all(hits, axis=0))
    else:
        codes = {"ASIN": goods.asin, "SKU": goods.sku}.get(kind)
        rows = (
            np.flatnonzero(np.isin(codes.astype(str), asked))
            if kind and (codes is not None)
            else np.zeros(0, int)
        )
    _, first = np.unique(goods.asin[rows].astype(str), return_index=True)
    rows = rows[np.sort(first)]
    size = int(value(call.query, "pageSize") or 10)
    scope = ("catalog", call.seller.seller_id, *asked, *words)
    page = house.pages.turn(scope, rows, size, value(call.query, "pageToken"))
    shown = values(call.query, "includedData") or ["summaries"]
    items = [_item(house.world, place, int(row), shown) for row in page.rows]
    answer: Answer = {"numberOfResults": len(rows), "items": items}
    return answer | ({"pagination": {"nextToken": page.token}} if page.token else {})


def _item(world: World, place: Marketplace, row: int, shown: list[str]) -> Answer:
    goods, here = world.goods, place.amazon_id
    title = goods.title(LANGUAGES.get(place.code, "en"))[row]
    parts: Mapping[str, Any] = {
        "summaries": [
            {
                "marketplaceId": here,
                "itemName": title,
                "brand": goods.brand[row],
                "itemClassification": "BASE_PRODUCT",
            }
        ],
        "productTypes": [{"marketplaceId": here, "productType": "HOME"}],
        "identifiers": [
            {
                "marketplaceId": here,
                "identifiers": [
                    {"identifierType": "SKU", "identifier": goods.sku[row]}
                ],
            }
        ],
    }
    kept = {name: part for name, part in parts.items() if name in shown}
    return {"asin": goods.asin[row]} | kept


def own_marketplace(seller: Seller, amazon_id: str) -> Marketplace:
    """Return a marketplace of the seller, or refuse."""
    place = BY_AMAZON_ID.get(amazon_id)
    if place is None:
        raise invalid(f"Invalid marketplace: {amazon_id}")
    if place not in seller.marketplaces:
        raise unauthorized("The seller does not sell in this marketplace.")
    return place


Answering = Callable[[House, Call], Answer]
