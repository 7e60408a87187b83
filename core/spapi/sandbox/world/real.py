"""How does a world stand around real order lines?

The orders reports show exactly these lines. Stock history is derived: goods
arrive every six weeks, always early enough for what was sold, sometimes no
more than that, so that SKUs run out between two arrivals.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.kernel.errors import InputError
from core.kernel.marketplaces import (
    FIRST_POOL,
    MARKETPLACES,
    NON_AMAZON,
    POOL_BY_CODE,
    Region,
)
from core.spapi.sandbox.world import making, names
from core.spapi.sandbox.world.arrivals import Uses, supply_uses
from core.spapi.sandbox.world.ledger import COUNTRIES, POOL_OF_COUNTRY, Journal
from core.spapi.sandbox.world.lines import seconds
from core.spapi.sandbox.world.model import LINES, Goods, Ints, World
from core.spapi.sandbox.world.supply import shipments

COLUMNS = [
    "order_id",
    "purchase_date",
    "order_status",
    "fulfillment_channel",
    "sales_channel",
    "sku",
    "asin",
    "title",
    "quantity",
    "currency",
    "item_price",
]
_LEAD_DAYS = 60
_HOME = {pool.code: pool.countries[0] for pool in POOL_BY_CODE.values()}
_CHANNELS = {place.sales_channel: place for place in MARKETPLACES}


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of the file, with numbers instead of names.

    Attributes:
        sku: Index into the goods.
        pool: Index into `pools`.
        luck: One number per line, the same within an order.
    """

    table: pa.Table
    channels: list[str]
    channel: Ints
    pools: list[str]
    pool: Ints
    sku: Ints
    luck: Ints


def from_orders(path: Path, now: datetime) -> World:
    """Return the world of a file of order lines.

    Args:
        path: Parquet with the columns of COLUMNS; `purchase_date` is UTC.
        now: The aware instant up to which lines are shown.

    Raises:
        InputError: The file is missing, of another form, or of a channel that
            nobody knows.
    """
    raw = _read(path, now)
    goods, sku = _goods(raw)
    lines = _numbered(raw, sku, now)
    origin, newest = _calendar(lines, now)
    journal = Journal(len(goods.sku))
    uses, pending = _uses(lines, goods, origin, newest)
    sent = supply_uses(uses, journal, {COUNTRIES.index(_HOME[p]): p for p in newest})
    stock = journal.close(origin, newest)
    shown = shipments(sent, (origin, newest), now, "orders")
    standings = making.standings(goods, stock, newest, pending, shown)
    return making.world_of(
        goods, stock, standings, _by_region(lines), ("orders", now, shown)
    )


def _read(path: Path, now: datetime) -> pa.Table:
    try:
        raw = pq.read_table(path, columns=COLUMNS)
    except (OSError, pa.ArrowInvalid, KeyError) as error:
        raise InputError(
            f"{path} cannot be read as order lines.",
            f"It must be a Parquet file with {', '.join(COLUMNS)}.",
        ) from error
    at = raw["purchase_date"].cast(pa.timestamp("s"), safe=False)
    raw = raw.set_column(1, "purchase_date", at.cast(pa.timestamp("s", "UTC")))
    raw = raw.filter(pc.less(raw["purchase_date"], pa.scalar(now)))
    order = np.argsort(seconds(raw, "purchase_date"), kind="stable")
    raw = raw.take(pa.array(order)).combine_chunks()
    if not raw.num_rows:
        raise InputError(
            f"{path} has no order line before {now:%Y-%m-%d %H:%M}.",
            "Set STOCKENER_NOW to an instant after its first line.",
        )
    plain = pc.replace_substring_regex(pc.fill_null(raw["title"], ""), r"\s+", " ")
    return raw.set_column(raw.column_names.index("title"), "title", plain)


def _goods(raw: pa.Table) -> tuple[Goods, Ints]:
    coded = pc.dictionary_encode(raw["sku"].combine_chunks())
    skus = coded.dictionary.to_numpy(zero_copy_only=False)
    sku = coded.indices.to_numpy()
    newest = np.zeros(len(skus), np.int64)
    np.maximum.at(newest, sku, np.arange(len(sku)))
    last = raw.take(pa.array(newest))
    each = pc.divide(last["item_price"].cast(pa.float64()), last["quantity"])
    goods = Goods(
        sku=skus,
        asin=_texts(last, "asin"),
        fnsku=np.array([f"X00{names.code('fnsku', s, 7)}" for s in skus], object),
        brand=np.full(len(skus), "Hearth & Fern", object),
        titles={"en": _texts(last, "title")},
        price=np.round(pc.fill_null(each, 9.99).to_numpy(), 2),
        stranded_from=np.full(len(skus), -1),
    )
    return goods, sku


def _texts(table: pa.Table, name: str) -> np.ndarray:
    found: np.ndarray = table[name].to_numpy().astype(object)
    return found


def _numbered(raw: pa.Table, sku: Ints, now: datetime) -> _Lines:
    channels = pc.dictionary_encode(raw["sales_channel"].combine_chunks())
    known = channels.dictionary.to_pylist()
    pools = [_pool(name) for name in known]
    orders = pc.dictionary_encode(raw["order_id"].combine_chunks())
    lucky = np.array([crc32(o.encode()) for o in orders.dictionary.to_pylist()])
    luck = lucky[orders.indices.to_numpy()]
    channel = channels.indices.to_numpy()
    return _Lines(
        table=_table(raw, luck, [_country(name) for name in known], channel, now),
        channels=known,
        channel=channel,
        pools=pools,
        pool=channel,
        sku=sku,
        luck=luck,
    )


def _table(
    raw: pa.Table, luck: Ints, countries: list[str], channel: Ints, now: datetime
) -> pa.Table:
    bought = seconds(raw, "purchase_date")
    left = int(now.timestamp()) - bought
    delay = np.minimum(3600 * 5 + luck % (3600 * 70), left // 2)
    cancelled = pc.equal(raw["order_status"], "Cancelled")
    columns = {
        "order_id": raw["order_id"],
        "purchased_at": raw["purchase_date"],
        "updated_at": pa.array(bought + delay),
        "order_status": raw["order_status"],
        "item_status": pc.if_else(cancelled, "Cancelled", "Shipped"),
        "fulfilment": raw["fulfillment_channel"],
        "sales_channel": raw["sales_channel"],
        "ship_country": pa.array(countries).take(pa.array(channel)),
    }
    rest = {name: raw[name] for name in raw.column_names}
    chosen = rest | columns
    arrays = [chosen[field.name].cast(field.type) for field in LINES]
    return pa.Table.from_arrays(arrays, schema=LINES)


def _pool(channel: str) -> str:
    if channel.startswith(NON_AMAZON):
        return FIRST_POOL["EU"]
    if channel not in _CHANNELS:
        raise InputError(
            f"The file has order lines of “{channel}”, which is no marketplace.",
            f"Use sales channels such as {', '.join(list(_CHANNELS)[:4])}.",
        )
    return _CHANNELS[channel].pool


def _country(channel: str) -> str:
    if channel not in _CHANNELS:
        return ""
    code = _CHANNELS[channel].code
    return {"UK": "GB"}.get(code, code)


def _calendar(lines: _Lines, now: datetime) -> tuple[date, dict[str, int]]:
    """Return day 0 and the newest whole day of every pool, counted from it."""
    first = lines.table["purchased_at"][0].as_py().date()
    origin = first - timedelta(days=_LEAD_DAYS)
    newest = {}
    for pool in dict.fromkeys(lines.pools):
        local = now.astimezone(making.zone(pool)).date()
        newest[pool] = (local - origin).days - 1
    return origin, newest


def _uses(
    lines: _Lines, goods: Goods, origin: date, newest: dict[str, int]
) -> tuple[Uses, dict[str, Ints]]:
    """Return what left Amazon's shelves, and what is still to leave."""
    table, skus = lines.table, len(goods.sku)
    used = pc.and_(
        pc.and_(
            pc.equal(table["fulfilment"], "Amazon"),
            pc.not_equal(table["order_status"], "Cancelled"),
        ),
        pc.greater(table["quantity"], 0),
    ).to_numpy()
    day = _local_days(lines, origin)
    limit = np.array([newest[pool] for pool in lines.pools])[lines.pool]
    home = np.array([COUNTRIES.index(_HOME[pool]) for pool in lines.pools])
    country = home[lines.pool]
    spread = np.array([pool == "EU" for pool in lines.pools])[lines.pool]
    spread &= lines.sku % 3 == 0
    for number, name in enumerate(("FR", "PL")):
        country[spread & (lines.luck % 5 == number)] = COUNTRIES.index(name)
    units = table["quantity"].to_numpy().astype(np.int64)
    gone = used & (day <= limit)
    by_country = np.array([newest.get(POOL_OF_COUNTRY[c], 0) for c in COUNTRIES])
    uses = Uses.summed(
        (country[gone] * skus + lines.sku[gone], day[gone], units[gone]),
        skus=skus,
        newest=by_country,
    )
    pending: dict[str, Ints] = {}
    for pool in newest:
        here = np.array([name == pool for name in lines.pools])[lines.pool]
        waiting = used & here & (day > limit)
        weights = units[waiting]
        counts = np.bincount(lines.sku[waiting], weights=weights, minlength=skus)
        pending[pool] = counts.astype(np.int64)
    return uses, pending


def _local_days(lines: _Lines, origin: date) -> Ints:
    """Return the day of every line, local to its pool."""
    at = lines.table["purchased_at"]
    days = np.zeros(len(at), np.int64)
    epoch = (origin - date(1970, 1, 1)).days
    zones = [str(making.zone(pool)) for pool in lines.pools]
    for zone in dict.fromkeys(zones):
        mine = np.array([name == zone for name in zones])[lines.pool]
        local = pc.local_timestamp(
            at.filter(pa.array(mine)).cast(pa.timestamp("s", zone))
        )
        days[mine] = local.cast(pa.int64()).to_numpy() // 86_400 - epoch
    return days


def _by_region(lines: _Lines) -> dict[Region, tuple[list[str], pa.Table]]:
    """Return the marketplaces and the lines of every region in the file."""
    region = [POOL_BY_CODE[pool].region for pool in lines.pools]
    found: dict[Region, tuple[list[str], pa.Table]] = {}
    for name in dict.fromkeys(region):
        mine = np.array([one == name for one in region])[lines.channel]
        codes = [
            _CHANNELS[channel].code
            for channel, one in zip(lines.channels, region, strict=True)
            if one == name and channel in _CHANNELS
        ]
        found[name] = codes, lines.table.filter(pa.array(mine)).combine_chunks()
    return found
