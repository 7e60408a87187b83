"""Which order lines say that these units were sold?

Cells of (outlet, day, SKU, units) become lines, lines become orders: most
have one line, some several, now and then two that are equal to the letter.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.kernel.marketplaces import BY_CODE, NON_AMAZON, POOL_BY_CODE, Region
from core.spapi.sandbox.world import names
from core.spapi.sandbox.world.demand import OUTLETS
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


def lines_of(simulation: Simulation, seed: int) -> dict[Region, pa.Table]:
    """Return the order lines of every region, in the order of purchase."""
    sold = simulation.sold
    cells = [np.concatenate(c) for c in (sold.outlet, sold.day, sold.sku, sold.units)]
    amazon = np.concatenate(sold.amazon)
    rng = np.random.default_rng([seed, 3])
    cell, quantity = _split(cells[3], rng)
    outlet, day, sku = (column[cell] for column in cells[:3])
    amazon = amazon[cell]
    cancelled = np.zeros(len(outlet), bool)
    extra = np.flatnonzero(rng.random(len(outlet)) < 0.022)
    outlet, day, sku = (np.concatenate([c, c[extra]]) for c in (outlet, day, sku))
    amazon = np.concatenate([amazon, amazon[extra]])
    cancelled = np.concatenate([cancelled, np.ones(len(extra), bool)])
    zero = rng.random(len(extra)) < 0.6
    quantity = np.concatenate([quantity, np.where(zero, 0, quantity[extra])])
    # Neighbours of one outlet, day and channel may share an order.
    mixed = rng.permutation(len(outlet))
    mixed = mixed[
        np.lexsort((cancelled[mixed], amazon[mixed], day[mixed], outlet[mixed]))
    ]
    columns = [c[mixed] for c in (outlet, day, sku, quantity, amazon, cancelled)]
    return _tables(simulation, columns, rng)


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


def _tables(
    simulation: Simulation, columns: list[Ints], rng: np.random.Generator
) -> dict[Region, pa.Table]:
    outlet, day, sku, quantity, amazon, cancelled = columns
    count = len(outlet)
    same = np.ones(count, bool)
    for column in (outlet, day, amazon, cancelled):
        same[1:] &= column[1:] == column[:-1]
    new = ~same | (rng.random(count) < 0.9)
    new[:1] = True
    order = np.cumsum(new) - 1
    purchased = _instants(simulation, outlet[new], day[new], rng)[order]
    now = int(simulation.now.timestamp())
    delay = (3600 * rng.uniform(5, 80, int(new.sum()))).astype(np.int64)[order]
    updated = np.minimum(purchased + np.where(cancelled, delay // 20, delay), now)
    newest = np.array([simulation.newest[place.pool] for place in OUTLETS])
    waiting = day > newest[outlet]
    fresh = purchased + 1800 > now
    status = np.where(waiting, np.where(fresh, "Pending", "Unshipped"), "Shipped")
    status = np.where(cancelled, "Cancelled", status)
    item = np.where(np.isin(status, ("Pending", "Unshipped")), "Unshipped", status)
    table = _table(
        simulation.goods,
        {
            "order_id": _order_ids(int(new.sum()), rng).take(pa.array(order)),
            "purchased_at": purchased,
            "updated_at": np.maximum(updated, purchased),
            "order_status": status,
            "item_status": item,
            "fulfilment": np.where(amazon, "Amazon", "Merchant"),
            "quantity": quantity,
        },
        (outlet, sku, rng),
    )
    region = np.array([POOL_BY_CODE[place.pool].region for place in OUTLETS])[outlet]
    ranks = np.argsort(purchased, kind="stable")
    return {
        name: table.take(pa.array(ranks[region[ranks] == name]))
        for name in ("NA", "EU", "FE")
    }


def _table(
    goods: Goods,
    known: Mapping[str, object],
    where: tuple[Ints, Ints, np.random.Generator],
) -> pa.Table:
    outlet, sku, rng = where
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
    quantity = np.asarray(known["quantity"])
    each = goods.price[sku] * np.where(rng.random(len(sku)) < 0.12, 0.85, 1.0)
    cents = np.round(each * per_dollar[outlet] * 100).astype(np.int64)
    yen = np.array([name == "JPY" for name in currency])[outlet]
    cents = np.where(yen, cents // 100 * 100, cents) * quantity
    unpriced = multichannel | (quantity == 0)
    columns = dict(known)
    columns |= {
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


def _order_ids(count: int, rng: np.random.Generator) -> pa.Array:
    def digits(length: int) -> pa.Array:
        drawn = pa.array(rng.integers(10**length, size=count)).cast(pa.string())
        return pc.utf8_lpad(drawn, length, "0")

    return pc.binary_join_element_wise(digits(3), digits(7), digits(7), "-")


def _instants(
    simulation: Simulation, outlet: Ints, day: Ints, rng: np.random.Generator
) -> Ints:
    """Return instants inside the days local to each outlet's pool."""
    result = np.zeros(len(outlet), np.int64)
    drawn = np.clip(rng.beta(2.4, 1.7, len(outlet)), 0, 0.9999)
    now = simulation.now.timestamp()
    for number, place in enumerate(OUTLETS):
        home = BY_CODE.get(place.code)
        pool = POOL_BY_CODE[place.pool]
        zone = ZoneInfo(home.time_zone if home else pool.time_zone)
        mine = outlet == number
        if not mine.any():
            continue
        start = simulation.first_day
        midnights = np.array(
            [
                datetime.combine(start + timedelta(days=d), datetime.min.time(), zone)
                .astimezone(UTC)
                .timestamp()
                for d in range(int(day[mine].max()) + 2)
            ]
        )
        opened = midnights[day[mine]]
        closed = np.minimum(midnights[day[mine] + 1], now)
        result[mine] = (opened + drawn[mine] * np.maximum(closed - opened, 1)).astype(
            int
        )
    return result
