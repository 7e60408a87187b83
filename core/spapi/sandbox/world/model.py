"""What does the double's seller own, sell and send: the shape of a world.

Arrays, one entry per thing, so that a world of twenty thousand SKUs is made
in seconds. Days are counted from `Stock.first_day`, local to the pool.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.kernel.marketplaces import POOL_BY_CODE, Marketplace, Region

Ints = npt.NDArray[Any]

LINES = pa.schema(
    [
        ("order_id", pa.string()),
        ("purchased_at", pa.timestamp("s", "UTC")),
        ("updated_at", pa.timestamp("s", "UTC")),
        ("order_status", pa.string()),
        ("item_status", pa.string()),
        ("fulfilment", pa.string()),
        ("sales_channel", pa.string()),
        ("sku", pa.string()),
        ("asin", pa.string()),
        ("title", pa.string()),
        ("quantity", pa.int32()),
        ("currency", pa.string()),
        ("item_price", pa.decimal128(18, 2)),
        ("ship_country", pa.string()),
    ]
)
"""One row per order line, as the orders reports show it."""


class Kind(IntEnum):
    """Why the ledger's balance moved, in the order of its columns."""

    RECEIPTS = 0
    CUSTOMER_SHIPMENTS = 1
    CUSTOMER_RETURNS = 2
    VENDOR_RETURNS = 3
    TRANSFERS = 4
    FOUND = 5
    LOST = 6
    DAMAGED = 7
    DISPOSED = 8
    OTHER = 9


DISPOSITIONS = ("SELLABLE", "CUSTOMER_DAMAGED", "WAREHOUSE_DAMAGED")


@dataclass(frozen=True, slots=True)
class Goods:
    """What is sold, one entry per SKU.

    Attributes:
        titles: By language; `en` is always there.
        stranded_from: Day on which the listing broke, -1 for none.
    """

    sku: npt.NDArray[np.object_]
    asin: npt.NDArray[np.object_]
    fnsku: npt.NDArray[np.object_]
    brand: npt.NDArray[np.object_]
    titles: Mapping[str, npt.NDArray[np.object_]]
    price: npt.NDArray[np.float64]
    stranded_from: Ints

    def title(self, language: str) -> npt.NDArray[np.object_]:
        """Return the titles in a language, English where there is none."""
        return self.titles.get(language, self.titles["en"])


@dataclass(frozen=True, slots=True)
class Stock:
    """Everything that ever moved a balance.

    Attributes:
        sku: Index into the goods, one entry per series.
        country: As the ledger writes it, one entry per series.
        disposition: Index into DISPOSITIONS, one entry per series.
        series: Index of the series, one entry per movement, in day order.
        day: Days since `first_day`, one entry per movement.
        kind: A `Kind`, one entry per movement.
        units: Signed, one entry per movement.
    """

    first_day: date
    sku: Ints
    country: npt.NDArray[np.object_]
    disposition: Ints
    series: Ints
    day: Ints
    kind: Ints
    units: Ints


@dataclass(frozen=True, slots=True)
class Standing:
    """The stock of one pool now, one entry per SKU, in SKU order."""

    sku: Ints
    fulfillable: Ints
    customer_orders: Ints
    transfers: Ints
    processing: Ints
    working: Ints
    shipped: Ints
    receiving: Ints
    customer_damaged: Ints
    warehouse_damaged: Ints
    researching: Ints
    changed_day: Ints

    @property
    def reserved(self) -> Ints:
        """Return all that is reserved."""
        return self.customer_orders + self.transfers + self.processing

    @property
    def unfulfillable(self) -> Ints:
        """Return all that cannot be sold."""
        return self.customer_damaged + self.warehouse_damaged

    @property
    def total(self) -> Ints:
        """Return the sum of the parts."""
        inbound = self.working + self.shipped + self.receiving
        held = self.fulfillable + self.reserved + self.unfulfillable
        total: Ints = held + inbound + self.researching
        return total


@dataclass(frozen=True, slots=True)
class Shipment:
    """One inbound shipment; `skus`, `shipped`, `received` go together."""

    shipment_id: str
    name: str
    pool: str
    center: str
    status: str
    created: date
    updated_at: datetime
    skus: Ints
    shipped: Ints
    received: Ints


@dataclass(frozen=True, slots=True)
class Seller:
    """One seller account in one region.

    Attributes:
        lines: In the order of the purchase.
        by_update: The rows of `lines` in the order of the last update.
    """

    region: Region
    seller_id: str
    refresh_token: str
    marketplaces: tuple[Marketplace, ...]
    lines: pa.Table
    by_update: Ints
    shipments: tuple[Shipment, ...]

    @property
    def pools(self) -> tuple[str, ...]:
        """Return the pools of its marketplaces, each once."""
        return tuple(dict.fromkeys(place.pool for place in self.marketplaces))


@dataclass(frozen=True, slots=True)
class World:
    """All that the double knows when it starts."""

    now: datetime
    goods: Goods
    stock: Stock
    standings: Mapping[str, Standing]
    sellers: tuple[Seller, ...]
    client_id: str
    client_secret: str

    def newest_day(self, pool: str) -> int:
        """Return the last day of a pool that is over, counted from the first."""
        zone = ZoneInfo(POOL_BY_CODE[pool].time_zone)
        return (self.now.astimezone(zone).date() - self.stock.first_day).days - 1

    def date_of(self, day: int) -> date:
        """Return the date of a counted day."""
        return self.stock.first_day + timedelta(days=int(day))
