"""How do movements become balances, and balances the stock of today?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date

import numpy as np

from core.kernel.marketplaces import POOL_BY_CODE
from core.spapi.sandbox.world.model import Ints, Kind, Shipment, Standing, Stock

LEDGER_COUNTRIES = ("US", "CA", "MX", "GB", "DE", "FR", "IT", "ES", "PL", "TR")
COUNTRIES = (*LEDGER_COUNTRIES, "JP", "AU")
POOL_OF_COUNTRY = {
    country: pool.code for pool in POOL_BY_CODE.values() for country in pool.countries
}


@dataclass(slots=True)
class Journal:
    """Collects movements while a world is made.

    A flat index names a series: (disposition, country, SKU).
    """

    skus: int
    flat: list[Ints] = field(default_factory=list)
    day: list[Ints] = field(default_factory=list)
    kind: list[Ints] = field(default_factory=list)
    units: list[Ints] = field(default_factory=list)

    def place(self, country: int, skus: Ints, disposition: int = 0) -> Ints:
        """Return the flat indexes of SKUs in a country."""
        return (disposition * len(COUNTRIES) + country) * self.skus + skus

    def write(self, flat: Ints, day: Ints | int, kind: Kind, units: Ints) -> None:
        """Write movements down, one per flat index."""
        if not len(flat):
            return
        count = len(flat)
        self.flat.append(flat)
        self.day.append(np.full(count, day) if isinstance(day, int) else day)
        self.kind.append(np.full(count, int(kind), np.int8))
        self.units.append(units)

    def close(self, first_day: date, newest: Mapping[str, int]) -> Stock:
        """Return the stock history that was written down.

        Args:
            first_day: The date of day 0.
            newest: The last day of each pool's ledger; what is later is left out.
        """
        flat = np.concatenate([*self.flat, np.zeros(0, np.int64)])
        day = np.concatenate([*self.day, np.zeros(0, np.int32)]).astype(np.int32)
        kind = np.concatenate([*self.kind, np.zeros(0, np.int8)])
        units = np.concatenate([*self.units, np.zeros(0, np.int32)]).astype(np.int32)
        until = np.array([newest.get(POOL_OF_COUNTRY[c], -1) for c in COUNTRIES])
        order = np.argsort(day, kind="stable")
        country = flat[order] // self.skus % len(COUNTRIES)
        order = order[day[order] <= until[country]]
        known, series = np.unique(flat[order], return_inverse=True)
        place, sku = np.divmod(known, self.skus)
        disposition, country = np.divmod(place, len(COUNTRIES))
        return Stock(
            first_day=first_day,
            sku=sku.astype(np.int32),
            country=np.array(COUNTRIES, object)[country],
            disposition=disposition.astype(np.int8),
            series=series.astype(np.int32),
            day=day[order],
            kind=kind[order],
            units=units[order],
        )


def ending(stock: Stock, day: int) -> Ints:
    """Return the balance of every series at the end of a day."""
    upto = int(np.searchsorted(stock.day, day, side="right"))
    balance: Ints = np.bincount(
        stock.series[:upto], weights=stock.units[:upto], minlength=len(stock.sku)
    ).astype(np.int64)
    return balance


def standing(
    stock: Stock, pool: str, newest_day: int, pending: Ints, shipments: list[Shipment]
) -> Standing:
    """Split the newest ledger balance of a pool into the states of today.

    Args:
        stock: All movements.
        pool: The pool's code.
        newest_day: The last day of the ledger in this pool.
        pending: Units of customers' orders that have not left, per good.
        shipments: Those that go to the pool.
    """
    skus = len(pending)
    balance = ending(stock, newest_day)
    in_pool = np.isin(stock.country, POOL_BY_CODE[pool].countries)

    def held(disposition: int) -> Ints:
        of_kind = in_pool & (stock.disposition == disposition)
        weights = np.where(of_kind, balance, 0)
        return np.bincount(stock.sku, weights=weights, minlength=skus).astype(np.int64)

    sellable = held(0)
    reserved = np.minimum(pending, sellable)
    free = sellable - reserved
    wobble = np.arange(skus) * 2654435761 % 97
    transfers = np.where(wobble < 40, free * (wobble % 12) // 100, 0)
    processing = np.where(wobble % 5 == 0, free * 3 // 100, 0)
    researching = np.where((wobble % 19 == 0) & (free > 8), 1, 0)
    return Standing(
        sku=np.arange(skus),
        fulfillable=free - transfers - processing - researching,
        customer_orders=reserved,
        transfers=transfers,
        processing=processing,
        **_inbound(shipments, skus),
        customer_damaged=held(1),
        warehouse_damaged=held(2),
        researching=researching,
        changed_day=_last_movement(stock, in_pool, skus),
    )


def listed(held: Standing, stock: Stock, pool: str, rank: Ints) -> Standing:
    """Return the rows of SKUs that have or had stock in a pool, in SKU order."""
    here = held.working + held.shipped + held.receiving > 0
    in_pool = np.isin(stock.country, POOL_BY_CODE[pool].countries)
    here[stock.sku[in_pool]] = True
    chosen = np.flatnonzero(here)
    chosen = chosen[np.argsort(rank[chosen], kind="stable")]
    columns = {one.name: getattr(held, one.name)[chosen] for one in fields(Standing)}
    return Standing(**columns)


INBOUND_STATE: Mapping[str, str] = {
    "WORKING": "working",
    "READY_TO_SHIP": "working",
    "SHIPPED": "shipped",
    "IN_TRANSIT": "shipped",
    "DELIVERED": "receiving",
    "CHECKED_IN": "receiving",
    "RECEIVING": "receiving",
}


def _inbound(shipments: Iterable[Shipment], skus: int) -> dict[str, Ints]:
    coming = {name: np.zeros(skus, np.int64) for name in INBOUND_STATE.values()}
    for shipment in shipments:
        state = INBOUND_STATE.get(shipment.status)
        if state:
            missing = np.maximum(shipment.shipped - shipment.received, 0)
            np.add.at(coming[state], shipment.skus, missing)
    return coming


def _last_movement(stock: Stock, in_pool: Sequence[bool] | Ints, skus: int) -> Ints:
    changed = np.zeros(skus, np.int64)
    moved = np.asarray(in_pool)[stock.series]
    np.maximum.at(changed, stock.sku[stock.series[moved]], stock.day[moved])
    return changed
