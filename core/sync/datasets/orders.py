"""What did customers order? Order reports of a whole region, line by line."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from core.kernel.errors import Issue
from core.kernel.ids import order_key
from core.kernel.marketplaces import (
    FIRST_POOL,
    MARKETPLACES,
    NON_AMAZON,
    POOL_BY_CODE,
    POOLS,
    Region,
)
from core.spapi.documents import Document
from core.sync.columns import (
    INSTANT,
    MONEY,
    Findings,
    converted,
    dictionary,
    local_days,
    mapped,
    text,
)
from core.sync.cover import Interval

OPTIONAL = ("product-name", "item-status", "ship-country")
REQUIRED = (
    "amazon-order-id",
    "purchase-date",
    "last-updated-date",
    "order-status",
    "fulfillment-channel",
    "sales-channel",
    "sku",
    "asin",
    "quantity",
    "currency",
    "item-price",
)
ALLOWED = REQUIRED + OPTIONAL
"""The columns that are read; whatever else a report holds is never seen."""

CANCELLED = pa.array(["cancelled", "canceled"])
AMAZON, MERCHANT = pa.array(["amazon", "afn"]), pa.array(["merchant", "mfn"])

_CHANNELS = {place.sales_channel.lower(): place for place in MARKETPLACES}
_ZONES = {0: "UTC"} | {place.number: place.time_zone for place in MARKETPLACES}
_CURRENCIES = {place.number: place.currency for place in MARKETPLACES}
_HOME_POOLS = {m.number: POOL_BY_CODE[m.pool].number for m in MARKETPLACES}
_COUNTRY_POOLS = {country: pool.number for pool in POOLS for country in pool.countries}

LINES = pa.schema(
    [
        ("order_key", pa.binary()),
        ("sku", pa.dictionary(pa.int32(), pa.string())),
        ("asin", pa.dictionary(pa.int32(), pa.string())),
        ("title", pa.dictionary(pa.int32(), pa.string())),
        ("marketplace_id", pa.uint8()),
        ("pool_id", pa.uint8()),
        ("day", pa.date32()),
        ("purchased_at", INSTANT),
        ("updated_at", INSTANT),
        ("quantity", pa.int32()),
        ("is_amazon", pa.bool_()),
        ("is_counting", pa.bool_()),
        ("order_status", pa.dictionary(pa.int32(), pa.string())),
        ("item_status", pa.dictionary(pa.int32(), pa.string())),
        ("currency", pa.dictionary(pa.int32(), pa.string())),
        ("item_price", MONEY),
        ("ship_country", pa.dictionary(pa.int32(), pa.string())),
    ]
)
WAITING = pa.schema(
    [
        ("order_key", pa.binary()),
        ("sales_channel", pa.string()),
        ("line", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Lines:
    """What a report holds: lines to load, lines that wait, and what is bad."""

    source: str
    lines: pa.Table
    waiting: pa.Table
    issues: list[Issue]


@dataclass(frozen=True, slots=True)
class Seller:
    """What has to be known of a seller to read his order lines.

    Attributes:
        region: Whose reports they are.
        secret: Under which order ids become keys.
        first_days: The first local day wanted of each marketplace.
    """

    region: Region
    secret: bytes
    first_days: Mapping[int, date]


def read(document: Document | None, seller: Seller, asked: Interval) -> Lines:
    """Return the lines of a report; none where Amazon has no data."""
    source = " to ".join(f"{edge:%Y-%m-%d %H:%M}" for edge in asked)
    findings = Findings(f"{seller.region} {source}")
    if document is None:
        return rows((), seller, findings)
    batches = document.open_csv(
        REQUIRED, optional=OPTIONAL, on_bad_line=findings.add_line
    )
    return rows(batches, seller, findings)


def rows(
    batches: Iterable[pa.RecordBatch], seller: Seller, findings: Findings
) -> Lines:
    """Return the lines of a report; every bad value becomes an issue."""
    lines, waiting = [LINES.empty_table()], [WAITING.empty_table()]
    for batch in batches:
        good, unknown = _batch(batch, seller, findings)
        lines.append(good)
        waiting.append(unknown)
        findings.rows_before += batch.num_rows
    return Lines(
        findings.source,
        pa.concat_tables(lines),
        pa.concat_tables(waiting),
        findings.issues,
    )


def _batch(
    batch: pa.RecordBatch, seller: Seller, findings: Findings
) -> tuple[pa.Table, pa.Table]:
    raw = {name: text(batch.column(name)) for name in ALLOWED}
    parsed = _parsed(raw, seller.secret)
    _note(raw, parsed, findings)
    usable = pc.and_(
        pc.and_(parsed["order_key"].is_valid(), raw["sku"].is_valid()),
        pc.and_(parsed["quantity"].is_valid(), parsed["purchased_at"].is_valid()),
    )
    known = parsed["marketplace_id"].is_valid()
    lines = pa.table(_settled(raw, parsed, seller.region), schema=LINES)
    wanted = pc.and_(usable, pc.and_(known, _wanted(lines, seller.first_days)))
    unknown = pc.and_(usable, pc.invert(known))
    return lines.filter(wanted), _waiting(raw, parsed["order_key"], unknown)


def _parsed(raw: Mapping[str, pa.Array], secret: bytes) -> dict[str, pa.Array]:
    """Return what text means, null where it means nothing."""
    purchased = converted(raw["purchase-date"], INSTANT)
    updated = converted(raw["last-updated-date"], INSTANT)
    return {
        "order_key": mapped(
            raw["amazon-order-id"], lambda name: order_key(secret, name), pa.binary()
        ),
        "marketplace_id": mapped(raw["sales-channel"], _marketplace, pa.uint8()),
        "purchased_at": purchased,
        "updated_at": pc.coalesce(updated, purchased),
        "quantity": converted(raw["quantity"], pa.int32()),
        "item_price": converted(raw["item-price"], MONEY),
        "currency": pc.utf8_upper(raw["currency"]),
        "country": pc.utf8_upper(raw["ship-country"]),
        "channel": pc.utf8_lower(raw["fulfillment-channel"]),
    }


def _marketplace(channel: str) -> int | None:
    if channel.lower().startswith(NON_AMAZON.lower()):
        return 0
    place = _CHANNELS.get(channel.lower())
    return place.number if place else None


def _settled(
    raw: Mapping[str, pa.Array], parsed: Mapping[str, pa.Array], region: Region
) -> dict[str, pa.Array]:
    """Return the columns of a line, as our tables hold them."""
    marketplace, quantity = parsed["marketplace_id"], parsed["quantity"]
    is_amazon = pc.fill_null(pc.is_in(parsed["channel"], AMAZON), fill_value=False)
    is_counting = pc.and_(
        pc.and_(_stands(raw["order-status"]), _stands(raw["item-status"])),
        pc.fill_null(pc.greater(quantity, 0), fill_value=False),
    )
    return {
        "order_key": parsed["order_key"],
        "sku": dictionary(raw["sku"]),
        "asin": dictionary(raw["asin"]),
        "title": dictionary(raw["product-name"]),
        "marketplace_id": marketplace,
        "pool_id": _pool(marketplace, parsed["country"], is_amazon, region),
        "day": _day(marketplace, parsed["purchased_at"]),
        "purchased_at": parsed["purchased_at"],
        "updated_at": parsed["updated_at"],
        "quantity": quantity,
        "is_amazon": is_amazon,
        "is_counting": is_counting,
        "order_status": dictionary(pc.fill_null(raw["order-status"], "")),
        "item_status": dictionary(raw["item-status"]),
        "currency": dictionary(parsed["currency"]),
        "item_price": parsed["item_price"],
        "ship_country": dictionary(parsed["country"]),
    }


def _stands(status: pa.Array) -> pa.Array:
    lowered = pc.fill_null(pc.utf8_lower(status), "")
    return pc.invert(pc.is_in(lowered, CANCELLED))


def _pool(
    marketplace: pa.Array, country: pa.Array, is_amazon: pa.Array, region: Region
) -> pa.Array:
    """Return whose stock a line drew: none when the merchant ships it."""
    first = pa.scalar(POOL_BY_CODE[FIRST_POOL[region]].number, pa.uint8())
    shipped = pc.fill_null(mapped(country, _COUNTRY_POOLS.get, pa.uint8()), first)
    homes = pa.array([_HOME_POOLS.get(n) for n in range(len(_ZONES))], pa.uint8())
    home = homes.take(marketplace)
    pool = pc.if_else(pc.equal(marketplace, 0), shipped, home)
    return pc.if_else(is_amazon, pool, pa.scalar(None, pa.uint8()))


def _day(marketplace: pa.Array, purchased: pa.Array) -> pa.Array:
    """Return the day of each line, local to its marketplace."""
    day = pa.nulls(len(purchased), pa.date32())
    numbers = pc.unique(marketplace.drop_null()).to_pylist()
    for zone in {_ZONES[number] for number in numbers}:
        there = [number for number in numbers if _ZONES[number] == zone]
        mask = pc.is_in(marketplace, pa.array(there, pa.uint8()))
        day = pc.if_else(mask, local_days(purchased, zone), day)
    return day


def _wanted(lines: pa.Table, first_days: Mapping[int, date]) -> pa.Array:
    firsts = [first_days.get(number) for number in range(len(_ZONES))]
    earliest = min(first_days.values(), default=date.min)
    days = pa.array([day or earliest for day in firsts], pa.date32())
    first = days.take(lines["marketplace_id"].combine_chunks())
    wanted = pc.greater_equal(lines["day"].combine_chunks(), first)
    return pc.fill_null(wanted, fill_value=False)


def _note(
    raw: Mapping[str, pa.Array], parsed: Mapping[str, pa.Array], findings: Findings
) -> None:
    """Note what cannot be used, and what is used only in part."""
    dropped = "The line is left out; look at the order in Seller Central."
    for column, key, message in (
        ("amazon-order-id", "order_key", "A line has no order id."),
        ("purchase-date", "purchased_at", "The purchase date cannot be read."),
        ("quantity", "quantity", "The quantity is not a whole number."),
    ):
        findings.add(parsed[key].is_null(), column, message, dropped)
    findings.add(raw["sku"].is_null(), "sku", "A line has no SKU.", dropped)
    findings.add(
        parsed["marketplace_id"].is_null(),
        "sales-channel",
        "The sales channel is not known.",
        "Its lines wait and count nowhere until the channel is known.",
    )
    uncounted = "Its units count, its money does not."
    unread = pc.and_(parsed["item_price"].is_null(), raw["item-price"].is_valid())
    findings.add(unread, "item-price", "The price cannot be read.", uncounted)
    own = pa.array([_CURRENCIES.get(n) for n in range(len(_ZONES))], pa.string())
    foreign = pc.not_equal(parsed["currency"], own.take(parsed["marketplace_id"]))
    message = "The currency is not that of the marketplace."
    findings.add(foreign, "currency", message, uncounted)
    neither = pc.invert(
        pc.is_in(parsed["channel"], pa.concat_arrays([AMAZON, MERCHANT]))
    )
    message = "The fulfilment channel is neither Amazon nor Merchant."
    findings.add(neither, "fulfillment-channel", message, "It counts as Merchant.")


def _waiting(
    raw: Mapping[str, pa.Array], keys: pa.Array, unknown: pa.Array
) -> pa.Table:
    """Return lines of unknown channels as JSON, without their order id."""
    kept = {name: raw[name] for name in ALLOWED if name != "amazon-order-id"}
    table = pa.table(kept).filter(unknown)
    lines = [json.dumps(line, ensure_ascii=False) for line in table.to_pylist()]
    channels = table["sales-channel"].combine_chunks()
    channel = pc.fill_null(channels, "")
    return pa.table([keys.filter(unknown), channel, lines], schema=WAITING)
