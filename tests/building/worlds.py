"""Small random sellers, in a workspace and as the oracle sees them."""

from collections.abc import Iterable
from datetime import date
from random import Random
from typing import Any

from core.analytics.inventory import STATES
from core.database.workspace_db import WorkspaceDb
from core.kernel.marketplaces import BY_CODE
from tests.building.oracle import World
from tests.building.workspaces import CONNECTIONS, fill

NEWEST = date(2026, 3, 31).toordinal()
SKUS = ("A", "B", "C", "D")
PLACES = ("DE", "FR", "IT", "UK", "US", "JP", "Non-Amazon")
TABLES = (
    "daily",
    "daily_multichannel",
    "complete_days",
    "stock_days",
    "stock_covered_days",
    "inventory_walks",
    "inventory_summaries",
)


def random_world(seed: int) -> tuple[World, dict[str, list[Any]]]:
    """Return a seller and the rows that `fill` takes."""
    chance, world = Random(seed), World()
    lines = list(_lines(chance))
    world.add_lines(lines)
    places = [place for place in PLACES if chance.random() < 0.85]
    complete = {place: _range(chance, 3, 0.5) for place in places}
    pools = [pool for pool in ("EU", "UK", "US", "JP") if chance.random() < 0.8]
    covered = {pool: _ranges(chance) for pool in pools}
    world.complete = {place: _days([days]) for place, days in complete.items()}
    world.covered = {pool: _days(ranges) for pool, ranges in covered.items()}
    stock = list(_stock(chance, covered))
    for sku, pool, day, start, end in stock:
        world.ending.setdefault((sku, pool), {})[day] = end
        if start > 0 or end > 0:
            world.positive.setdefault((sku, pool), set()).add(day)
    world.summaries = list(_summaries(chance, world))
    return world, {
        "daily": list(_daily(lines)),
        "multichannel": list(_multichannel(lines)),
        "complete": [(p, _text(a), _text(b)) for p, (a, b) in complete.items()],
        "stock_covered": [
            (p, _text(a), _text(b)) for p, ranges in covered.items() for a, b in ranges
        ],
        "stock_days": [(s, p, _text(day), a, b) for s, p, day, a, b in stock],
        "walks": [
            {"connection_id": c, "marketplace": p, "day": _text(day), "taken_at": at}
            for (c, p), days in world.walks.items()
            for day, at in days.items()
        ],
        "summaries": [_stored(row) for row in world.summaries],
    }


def put(db: WorkspaceDb, rows: dict[str, list[Any]]) -> None:
    """Make a workspace hold exactly these rows."""
    with db.load() as load:
        for table in TABLES:
            load.run(f"delete from {table}")
    fill(db, **rows)


def _lines(chance: Random) -> Iterable[dict[str, Any]]:
    for sku in SKUS:
        merchant_only = chance.random() < 0.2
        for place in PLACES:
            if chance.random() < 0.35:
                continue
            first = NEWEST - chance.choice([3, 20, 80, 200, 500])
            for day in range(first, NEWEST + 3):
                while chance.random() < chance.choice([0.01, 0.05, 0.3]):
                    yield {
                        "sku": sku,
                        "marketplace": place,
                        "day": day,
                        "quantity": chance.choice([0, 1, 1, 2, 5]),
                        "cancelled": chance.random() < 0.15,
                        "amazon": not merchant_only and chance.random() < 0.8,
                        "pool": chance.choice(["EU", "UK", "US"]),
                    }


def _range(chance: Random, late: int, sure: float) -> tuple[int, int]:
    end = NEWEST - (0 if chance.random() < sure else chance.randint(1, late))
    return end - chance.choice([2, 50, 400]), end


def _ranges(chance: Random) -> list[tuple[int, int]]:
    """Return disjoint ranges of days, the newest first."""
    found, end = [], NEWEST - chance.choice([0, 0, 2, 40, 120])
    for _ in range(chance.randint(1, 4)):
        first = end - chance.choice([0, 5, 30, 150, 400])
        found.append((first, end))
        end = first - 1 - chance.choice([1, 4, 20])
    return found


def _days(ranges: Iterable[tuple[int, int]]) -> set[int]:
    return {day for first, last in ranges for day in range(first, last + 1)}


def _stock(
    chance: Random, covered: dict[str, list[tuple[int, int]]]
) -> Iterable[tuple[str, str, int, int, int]]:
    for pool, ranges in covered.items():
        for sku in SKUS:
            if chance.random() < 0.2:
                continue
            born = NEWEST - chance.choice([10, 60, 300, 700])
            balance = 0
            for day in sorted(_days(ranges)):
                start = balance
                if day >= born and chance.random() < 0.1:
                    balance = chance.choice([0, 0, 3, 50])
                if start or balance or chance.random() < 0.3:
                    yield sku, pool, day, start, balance


def _summaries(chance: Random, world: World) -> Iterable[dict[str, Any]]:
    for place in ("DE", "FR", "UK", "US"):
        for day in {NEWEST - chance.choice([-1, 0, 0, 1, 9, 40]) for _ in range(3)}:
            if chance.random() < 0.3:
                continue
            connection = CONNECTIONS[BY_CODE[place].region]
            at = f"{_text(day)} {chance.randint(10, 19)}:{chance.randint(10, 59)}:00+00"
            world.walks.setdefault((connection, place), {})[day] = at
            for sku in SKUS:
                if chance.random() < 0.6:
                    states = {
                        state: chance.choice([0, 0, 1, 7, 90]) for state in STATES
                    }
                    yield states | {
                        "connection": connection,
                        "marketplace": place,
                        "day": day,
                        "taken_at": at,
                        "sku": sku,
                        "total": sum(states.values()),
                    }


def _daily(lines: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    sums: dict[tuple[str, str, int], list[int]] = {}
    for line in lines:
        if not line["cancelled"] and line["quantity"] > 0:
            key = (line["sku"], line["marketplace"], line["day"])
            both = sums.setdefault(key, [0, 0])
            both[not line["amazon"]] += line["quantity"]
    for (sku, place, day), (amazon, merchant) in sums.items():
        base = {"sku": sku, "marketplace": place, "day": _text(day)}
        yield base | {"units": amazon + merchant, "units_merchant": merchant}


def _multichannel(lines: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    sums: dict[tuple[str, str, int], int] = {}
    for line in lines:
        counts = not line["cancelled"] and line["quantity"] > 0
        if counts and line["amazon"] and line["marketplace"] == "Non-Amazon":
            key = (line["sku"], line["pool"], line["day"])
            sums[key] = sums.get(key, 0) + line["quantity"]
    for (sku, pool, day), units in sums.items():
        yield {"sku": sku, "pool": pool, "day": _text(day), "units": units}


def _stored(row: dict[str, Any]) -> dict[str, Any]:
    kept = {k: v for k, v in row.items() if k not in ("connection", "taken_at")}
    return kept | {"connection_id": row["connection"], "day": _text(row["day"])}


def _text(day: int) -> str:
    return date.fromordinal(day).isoformat()
