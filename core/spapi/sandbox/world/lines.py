"""Which order lines say that these units were sold?

Cells of (outlet, day, SKU, units) become lines, lines become orders: most
have one line, some several, now and then two that are equal to the letter.

Every purpose has a source of chance of its own and asks it day by day, so
that later days never change what an earlier one drew. Whole days become
lines; those after the world's now are left out at the very end.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zlib import crc32
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.kernel.marketplaces import BY_CODE, NON_AMAZON, POOL_BY_CODE, Region
from core.spapi.sandbox.world import names
from core.spapi.sandbox.world.demand import OUTLETS, POOLS
from core.spapi.sandbox.world.model import LINES, Goods, Ints
from core.spapi.sandbox.world.seeded import Simulation

_PER_DOLLAR = {
    "USD": 1.0,
    "CAD": 1.36,
    "MXN": 18.0,
    "GBP": 0.79,
    "EUR": 0.93,
    "JPY": 150.0,
}


@dataclass(frozen=True, slots=True)
class _Cells:
    """What becomes a line each, in the order of its day.

    Attributes:
        luck: Returns the source of chance of a purpose.
    """

    luck: Callable[[str], np.random.Generator]
    outlet: Ints
    day: Ints
    sku: Ints
    quantity: Ints
    amazon: Ints
    cancelled: Ints


def lines_of(
    simulation: Simulation, seed: int
) -> tuple[dict[Region, pa.Table], dict[str, Ints]]:
    """Return what was ordered until now.

    Returns:
        The order lines of every region, in the order of purchase, and by pool
        the units of each SKU that were ordered and have not left.
    """

    def luck(purpose: str) -> np.random.Generator:
        return np.random.default_rng([seed, 3, crc32(purpose.encode())])

    cells = _cells(simulation, luck)
    order, placed = _orders(simulation, cells)
    now = int(simulation.now.timestamp())
    newest = np.array([simulation.newest[place.pool] for place in OUTLETS])
    waiting = cells.day > newest[cells.outlet]
    fresh = placed.purchased[order] + 1800 > now
    status = np.where(waiting, np.where(fresh, "Pending", "Unshipped"), "Shipped")
    status = np.where(cells.cancelled, "Cancelled", status)
    item = np.where(np.isin(status, ("Pending", "Unshipped")), "Unshipped", status)
    table = _table(
        simulation.goods,
        cells,
        {
            "order_id": _order_ids(len(placed.purchased), luck).take(pa.array(order)),
            "purchased_at": placed.purchased[order],
            "updated_at": placed.updated[order],
            "order_status": status,
            "item_status": item,
            "fulfilment": np.where(cells.amazon, "Amazon", "Merchant"),
            "quantity": cells.quantity,
        },
    )
    here = placed.purchased[order] < now
    owed = here & waiting & cells.amazon & ~cells.cancelled
    return _by_region(table, cells.outlet, here), _pending(cells, owed, simulation.skus)


def _cells(
    simulation: Simulation, luck: Callable[[str], np.random.Generator]
) -> _Cells:
    sold = simulation.sold
    named = (sold.outlet, sold.day, sold.sku, sold.amazon, sold.units)
    *cells, units = [np.concatenate(column) for column in named]
    cell, quantity = _split(units, luck("split"))
    columns = [column[cell] for column in cells]
    extra = np.flatnonzero(luck("cancelled").random(len(cell)) < 0.022)
    zero = luck("zero").random(len(extra)) < 0.6
    outlet, day, sku, amazon = (np.concatenate([c, c[extra]]) for c in columns)
    quantity = np.concatenate([quantity, np.where(zero, 0, quantity[extra])])
    cancelled = np.arange(len(outlet)) >= len(cell)
    # Neighbours of one outlet, day and channel may share an order.
    chance = luck("mix").random(len(cell)), luck("mix too").random(len(extra))
    mixed = np.lexsort((np.concatenate(chance), cancelled, amazon, outlet, day))
    found = (outlet, day, sku, quantity, amazon, cancelled)
    return _Cells(luck, *(column[mixed] for column in found))


def by_update(lines: pa.Table) -> Ints:
    """Return the rows in the order of their last update."""
    return np.argsort(seconds(lines, "updated_at"), kind="stable")


def seconds(lines: pa.Table, column: str) -> Ints:
    """Return a column of instants as seconds since 1970."""
    found: Ints = lines[column].cast(pa.int64()).to_numpy()
    return found


def _split(units: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return the cell and the quantity of every line."""
    cell = np.repeat(np.arange(len(units)), units)
    starts = rng.random(len(cell)) < 0.85
    starts[np.concatenate([[0], np.cumsum(units)[:-1]]).astype(np.int64)] = True
    first = np.flatnonzero(starts)
    return cell[first], np.diff(np.append(first, len(cell))).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Placed:
    """When orders were placed and last changed, one entry per order."""

    purchased: Ints
    updated: Ints


def _orders(simulation: Simulation, cells: _Cells) -> tuple[Ints, _Placed]:
    """Return the number of each line's order, and the orders."""
    count = len(cells.outlet)
    same = np.ones(count, bool)
    for column in (cells.outlet, cells.day, cells.amazon, cells.cancelled):
        same[1:] &= column[1:] == column[:-1]
    new = ~same | (cells.luck("order").random(count) < 0.9)
    new[:1] = True
    outlet, day, cancelled = cells.outlet[new], cells.day[new], cells.cancelled[new]
    drawn = np.clip(cells.luck("instant").beta(2.4, 1.7, len(day)), 0, 0.9999)
    opened, closed = _edges(simulation, outlet, day)
    purchased = (opened + drawn * (closed - opened)).astype(np.int64)
    delay = cells.luck("delay").uniform(5 * 3600, 80 * 3600, len(day)).astype(np.int64)
    now, updated = int(simulation.now.timestamp()), purchased
    # What happens to an order: it waits, leaves when its day is over, arrives.
    for event in (purchased + 1800, closed, np.maximum(purchased + delay, closed)):
        updated = np.where(~cancelled & (event <= now), event, updated)
    ended = purchased + delay // 20
    updated = np.where(cancelled & (ended <= now), ended, updated)
    return np.cumsum(new) - 1, _Placed(purchased, updated)


def _by_region(table: pa.Table, outlet: Ints, here: Ints) -> dict[Region, pa.Table]:
    region = np.array([POOL_BY_CODE[place.pool].region for place in OUTLETS])[outlet]
    ranks = np.argsort(seconds(table, "purchased_at"), kind="stable")
    ranks = ranks[here[ranks]]
    return {
        name: table.take(pa.array(ranks[region[ranks] == name]))
        for name in ("NA", "EU", "FE")
    }


def _pending(cells: _Cells, owed: Ints, skus: int) -> dict[str, Ints]:
    pool = np.array([POOLS.index(place.pool) for place in OUTLETS])[cells.outlet]
    units = np.zeros((len(POOLS), skus), np.int64)
    np.add.at(units, (pool[owed], cells.sku[owed]), cells.quantity[owed])
    return dict(zip(POOLS, units, strict=True))


def _table(goods: Goods, cells: _Cells, known: Mapping[str, object]) -> pa.Table:
    outlet, sku, quantity = cells.outlet, cells.sku, cells.quantity
    codes = [place.code.split(" ")[0] for place in OUTLETS]
    at_home = [BY_CODE.get(code) for code in codes]
    multichannel = np.array([code == NON_AMAZON for code in codes])[outlet]
    channel = [
        home.sales_channel if home else place.code
        for place, home in zip(OUTLETS, at_home, strict=True)
    ]
    currency = [home.currency if home else None for home in at_home]
    country = [p.ship_country or {"UK": "GB"}.get(p.code, p.code) for p in OUTLETS]
    per_dollar = np.array([_PER_DOLLAR.get(name or "", 0.0) for name in currency])
    reduced = cells.luck("price").random(len(sku)) < 0.12
    each = goods.price[sku] * np.where(reduced, 0.85, 1.0)
    cents = np.round(each * per_dollar[outlet] * 100).astype(np.int64)
    yen = np.array([name == "JPY" for name in currency])[outlet]
    cents = np.where(yen, cents // 100 * 100, cents) * quantity
    unpriced = multichannel | (quantity == 0)
    columns = {
        **known,
        "sales_channel": _pick(channel, outlet),
        "sku": _pick(goods.sku, sku),
        "asin": _pick(goods.asin, sku),
        "title": _titles(goods, codes, outlet, sku),
        "currency": _pick(currency, np.where(unpriced, 9, outlet)),
        "item_price": _money(cents, unpriced),
        "ship_country": _pick(country, outlet),
    }
    arrays = [pa.array(columns[field.name]).cast(field.type) for field in LINES]
    return pa.Table.from_arrays(arrays, schema=LINES)


def _titles(goods: Goods, codes: list[str], outlet: Ints, sku: Ints) -> pa.Array:
    languages = list(goods.titles)
    spoken = [languages.index(names.LANGUAGES.get(code, "en")) for code in codes]
    titles = np.concatenate([goods.titles[language] for language in languages])
    return _pick(titles, np.array(spoken)[outlet] * len(goods.sku) + sku)


def _pick(values: object, index: Ints) -> pa.Array:
    return pa.array(values, pa.string()).take(pa.array(index))


def _money(cents: Ints, missing: np.ndarray) -> pa.Array:
    whole = pa.array(cents, mask=missing).cast(pa.decimal128(19, 0))
    return pc.multiply(whole, pa.scalar(Decimal("0.01"), pa.decimal128(3, 2))).cast(
        pa.decimal128(18, 2)
    )


def _order_ids(count: int, luck: Callable[[str], np.random.Generator]) -> pa.Array:
    def digits(part: str, length: int) -> pa.Array:
        drawn = luck(part).integers(10**length, size=count)
        return pc.utf8_lpad(pa.array(drawn).cast(pa.string()), length, "0")

    parts = digits("id", 3), digits("id too", 7), digits("id three", 7)
    return pc.binary_join_element_wise(*parts, "-")


def _edges(simulation: Simulation, outlet: Ints, day: Ints) -> tuple[Ints, Ints]:
    """Return when days begin and end, local to each outlet's pool."""
    opened, closed = (np.zeros(len(outlet), np.int64) for _ in range(2))
    for number, place in enumerate(OUTLETS):
        home = BY_CODE.get(place.code)
        zone = ZoneInfo((home or POOL_BY_CODE[place.pool]).time_zone)
        mine = outlet == number
        days = range(int(day[mine].max(initial=0)) + 2)
        midnights = np.array(
            [_midnight(simulation.first_day + timedelta(days=d), zone) for d in days]
        )
        opened[mine], closed[mine] = midnights[day[mine]], midnights[day[mine] + 1]
    return opened, closed


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())
