"""Velocity and coverage once more, written from the definitions alone.

Loops over days, sets and dictionaries, no SQL, no arrays: slow and plain. Days
are ordinals. Only the tables of marketplaces and pools are the product's.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.kernel.marketplaces import BY_CODE

WINDOWS = (7, 14, 30, 60, 90)
Key = tuple[str, str]
Row = dict[str, Any]


@dataclass
class World:
    """What a seller's workspace knows.

    Attributes:
        units: (sku, marketplace) -> day -> counting units, all channels.
        amazon: (sku, pool) -> day -> counting units that Amazon fulfils,
            those of Non-Amazon orders that use the pool among them.
        complete: marketplace -> complete days.
        positive: (sku, pool) -> days with a sellable balance above 0.
        ending: (sku, pool) -> day -> sellable balance at the end of the day.
        covered: pool -> days that a believed ledger load covers.
        summaries: Rows of walks: connection, marketplace, day, taken_at, sku
            and the states.
        walks: (connection, marketplace) -> day -> when it was taken.
        connected: Marketplaces of the connections.
    """

    units: dict[Key, dict[int, int]] = field(default_factory=dict)
    amazon: dict[Key, dict[int, int]] = field(default_factory=dict)
    complete: dict[str, set[int]] = field(default_factory=dict)
    positive: dict[Key, set[int]] = field(default_factory=dict)
    ending: dict[Key, dict[int, int]] = field(default_factory=dict)
    covered: dict[str, set[int]] = field(default_factory=dict)
    summaries: list[Row] = field(default_factory=list)
    walks: dict[tuple[int, str], dict[int, str]] = field(default_factory=dict)
    connected: set[str] = field(default_factory=lambda: set(BY_CODE))

    def add_lines(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Take order lines: a cancelled or empty one does not count."""
        for line in lines:
            if line["cancelled"] or line["quantity"] <= 0:
                continue
            place, day = line["marketplace"], line["day"]
            sold = self.units.setdefault((line["sku"], place), defaultdict(int))
            sold[day] += line["quantity"]
            pool = line["pool"] if place == "Non-Amazon" else BY_CODE[place].pool
            if line["amazon"]:
                used = self.amazon.setdefault((line["sku"], pool), defaultdict(int))
                used[day] += line["quantity"]


def day_of(ordinal: float) -> date:
    """Return a day from its ordinal."""
    return date.fromordinal(int(ordinal))


def velocity(world: World, as_of: int | None = None) -> dict[Key, Row]:
    """Return the row of every SKU and marketplace with a counting line."""
    rows = {}
    for (sku, place), sold in world.units.items():
        end = as_of or max(world.complete.get(place, set()), default=None)
        if end is None or not any(day <= end for day in sold):
            continue
        rows[sku, place] = _listing(world, sku, place, end)
    return rows


def _listing(world: World, sku: str, place: str, end: int) -> Row:
    sold = world.units[sku, place]
    row: Row = {
        "as_of": day_of(end),
        "last_sale_day": day_of(max(day for day in sold if day <= end)),
        "basis": _basis(world, sku, place, end),
    }
    in_stock = [
        _is_in_stock(world, sku, place, day, end) for day in range(end - 364, end + 1)
    ]
    units = [sold.get(day, 0) for day in range(end - 364, end + 1)]
    for window in WINDOWS:
        days = sum(in_stock[-window:])
        row[f"units_{window}d"] = sum(units[-window:])
        row[f"velocity_{window}d"] = sum(units[-window:]) / days if days else None
        row[f"in_stock_days_{window}d"] = days
    return row | _peak(units, in_stock, end - 364)


def _peak(units: list[int], in_stock: list[bool], first_day: int) -> Row:
    """Return the first week with the most units per in-stock day."""
    best_units, best_days, best_start = -1, 1, None
    days, sold = sum(in_stock[:6]), sum(units[:6])
    for start in range(len(units) - 6):
        days, sold = days + in_stock[start + 6], sold + units[start + 6]
        if start:
            days, sold = days - in_stock[start - 1], sold - units[start - 1]
        if days >= 4 and sold * best_days > best_units * days:
            best_units, best_days, best_start = sold, days, start
    if best_start is None:
        return {"peak_velocity": None, "peak_from": None, "peak_to": None}
    return {
        "peak_velocity": best_units / best_days,
        "peak_from": day_of(first_day + best_start),
        "peak_to": day_of(first_day + best_start + 6),
    }


def _basis(world: World, sku: str, place: str, end: int) -> str:
    if place == "Non-Amazon":
        return "calendar"
    pool = BY_CODE[place].pool
    covered = world.covered.get(pool, set())
    is_near = any(day in covered for day in range(end - 89, end + 1))
    had = any(day <= end for day in world.positive.get((sku, pool), ()))
    return "stock" if is_near and had else "calendar"


def _is_in_stock(world: World, sku: str, place: str, day: int, end: int) -> bool:
    sold = world.units[sku, place]
    first_unit = _first(world, "units", sku, place)
    if _cached_basis(world, sku, place, end) == "calendar":
        return first_unit <= day <= end
    pool = BY_CODE[place].pool
    positive = world.positive[sku, pool]
    if day < min(_first(world, "positive", sku, pool), first_unit):
        return False
    return day not in world.covered[pool] or day in positive or day in sold


_BASES: dict[tuple[int, str, str, int], str] = {}
_FIRSTS: dict[tuple[int, str, str, str], int] = {}


def _cached_basis(world: World, sku: str, place: str, end: int) -> str:
    key = (id(world), sku, place, end)
    if key not in _BASES:
        _BASES[key] = _basis(world, sku, place, end)
    return _BASES[key]


def _first(world: World, what: str, sku: str, where: str) -> int:
    key = (id(world), what, sku, where)
    if key not in _FIRSTS:
        _FIRSTS[key] = min(getattr(world, what)[sku, where])
    return _FIRSTS[key]


def forget() -> None:
    """Forget what was remembered of worlds that are gone."""
    _BASES.clear()
    _FIRSTS.clear()


def coverage(world: World, as_of: int | None = None) -> dict[Key, Row]:
    """Return the row of every SKU and pool with FBA stock or Amazon units."""
    stock_days, sources = _stock_days(world, as_of)
    rows = {}
    for sku, pool in sorted(_held(world, as_of)):
        end = as_of or _last_complete(world, pool)
        on_hand, inbound = _position(world, sku, pool, as_of)
        if on_hand is None and pool in stock_days:
            on_hand, inbound = 0, 0 if sources[pool] == "snapshot" else None
        pace = _pace(world, sku, pool, end)
        day = stock_days.get(pool, end)
        rows[sku, pool] = {
            "as_of": day_of(day) if day else None,
            "on_hand": on_hand,
            "inbound": inbound,
            "forecast_per_day": pace,
        } | _runway(on_hand, inbound, pace, day)
    return rows


def _runway(on_hand: Any, inbound: Any, pace: Any, day: Any) -> Row:
    cover = on_hand / pace if pace and on_hand is not None else None
    both = None if cover is None or inbound is None else (on_hand + inbound) / pace
    last = None if cover is None else day_of(day + int(cover // 1))
    return {
        "days_of_cover": cover,
        "days_of_cover_with_inbound": both,
        "runs_out": last,
        "gap_days": None,
    }


def _held(world: World, as_of: int | None) -> set[Key]:
    """Return SKUs that have or had FBA stock or an Amazon-fulfilled unit."""
    limit = as_of or date.max.toordinal()
    held = {key for key, sold in world.amazon.items() if min(sold) <= limit}
    held |= {key for key, days in world.positive.items() if min(days) <= limit}
    return held | {
        (row["sku"], BY_CODE[row["marketplace"]].pool)
        for row in world.summaries
        if row["day"] <= limit and row["total"] > 0
    }


def _last_complete(world: World, pool: str) -> int | None:
    return min(
        (
            max(days)
            for place, days in world.complete.items()
            if days
            and place in world.connected
            and place != "Non-Amazon"
            and BY_CODE[place].pool == pool
        ),
        default=None,
    )


def _pace(world: World, sku: str, pool: str, end: int | None) -> float | None:
    if end is None:
        return None
    window = range(end - 29, end + 1)
    used = world.amazon.get((sku, pool), {})
    places = [
        place
        for place in BY_CODE
        if BY_CODE[place].pool == pool
        and any(day <= end for day in world.units.get((sku, place), ()))
    ]
    if places:
        days = sum(
            any(_is_in_stock(world, sku, place, day, end) for place in places)
            for day in window
        )
    else:
        positive = world.positive.get((sku, pool), set())
        first = min(positive, default=date.max.toordinal())
        covered = world.covered.get(pool, set())
        days = sum(
            day >= first and (day in positive or day not in covered) for day in window
        )
    return sum(used.get(day, 0) for day in window) / days if days else None


def _latest_walks(world: World, as_of: int | None) -> dict[tuple[int, str], int]:
    """Return the day of the latest walk of every connection and marketplace."""
    limit = as_of or date.max.toordinal()
    walked = {}
    for key, days in world.walks.items():
        past = [day for day in days if day <= limit]
        if past:
            walked[key] = max(past)
    return walked


def _stock_days(
    world: World, as_of: int | None
) -> tuple[dict[str, int], dict[str, str]]:
    days: dict[str, int] = {}
    for (_, place), day in _latest_walks(world, as_of).items():
        pool = BY_CODE[place].pool
        days[pool] = max(days.get(pool, 0), day)
    sources = dict.fromkeys(days, "snapshot")
    for pool, covered in world.covered.items():
        past = [day for day in covered if as_of is None or day <= as_of]
        if pool not in days and past:
            days[pool], sources[pool] = max(past), "ledger"
    return days, sources


def _position(
    world: World, sku: str, pool: str, as_of: int | None
) -> tuple[int | None, int | None]:
    """Return on hand and inbound, None where the SKU is in no source."""
    latest = _latest_walks(world, as_of)
    if any(BY_CODE[place].pool == pool for _, place in latest):
        rows = [
            row
            for row in world.summaries
            if row["sku"] == sku
            and BY_CODE[row["marketplace"]].pool == pool
            and latest.get((row["connection"], row["marketplace"])) == row["day"]
        ]
        if not rows:
            return None, None
        row = max(rows, key=lambda row: row["taken_at"])
        hand = row["fulfillable"] + row["reserved_transfers"]
        inbound = row["inbound_shipped"] + row["inbound_receiving"]
        return hand + row["reserved_processing"], inbound
    days, _ = _stock_days(world, as_of)
    if pool not in days:
        return None, None
    return world.ending.get((sku, pool), {}).get(days[pool], 0), None
