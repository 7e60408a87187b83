"""Velocity and coverage equal a computation written from the definitions."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from core.analytics.question import ask
from core.analytics.velocity import refresh_metrics
from core.database.workspace_db import WorkspaceDb
from core.kernel.marketplaces import MARKETPLACES
from tests.building import oracle
from tests.building.million_lines import million_lines
from tests.building.shared import shared
from tests.building.workspaces import fresh_workspace
from tests.building.worlds import NEWEST, put, random_world

EXACT = 1e-9
DAYS = (None, NEWEST, NEWEST - 12, NEWEST - 130)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkspaceDb]:
    found = fresh_workspace(tmp_path_factory.mktemp("worlds"))
    yield found
    found.close()


def differences(
    answer: pa.Table, place: str, expected: dict[tuple[str, str], dict[str, Any]]
) -> list[str]:
    found = {(row["sku"], row[place]): row for row in answer.to_pylist()}
    wrong = [f"only one of both has {key}" for key in found.keys() ^ expected.keys()]
    for key in found.keys() & expected.keys():
        for name, value in expected[key].items():
            if not is_same(found[key][name], value):
                wrong.append(f"{key} {name}: {found[key][name]}, expected {value}")
    return wrong


def is_same(found: Any, expected: Any) -> bool:
    if isinstance(found, float) and expected is not None:
        return abs(found - expected) <= EXACT * max(1.0, abs(expected))
    return found == expected


def check(db: WorkspaceDb, seed: int, days: tuple[int | None, ...] = DAYS) -> None:
    world, rows = random_world(seed)
    put(db, rows)
    for day in days:
        params = {"as_of": date.fromordinal(day).isoformat()} if day else {}
        velocity = ask(db, "velocity", params)
        assert not differences(velocity, "marketplace", oracle.velocity(world, day))
        coverage = ask(db, "coverage", params)
        assert not differences(coverage, "pool", oracle.coverage(world, day))
    computed = ask(db, "velocity")
    refresh_metrics(db)
    assert ask(db, "velocity").equals(computed)
    oracle.forget()


@pytest.mark.parametrize("seed", range(8))
def test_a_few_random_sellers(db: WorkspaceDb, seed: int) -> None:
    check(db, seed)


@pytest.mark.slow
def test_two_hundred_random_sellers(db: WorkspaceDb) -> None:
    for seed in range(1000, 1200):
        check(db, seed, (None, DAYS[seed % len(DAYS)]))


@pytest.mark.slow
def test_a_million_real_lines(tmp_path: Path) -> None:
    file = shared("data/seller_order_lines.parquet")
    db = million_lines(tmp_path, file)
    world = real_world(db, file)
    velocity = ask(db, "velocity")
    assert velocity.num_rows > 20_000
    assert not differences(velocity, "marketplace", oracle.velocity(world))[:5]
    assert not differences(ask(db, "coverage"), "pool", oracle.coverage(world))[:5]
    oracle.forget()
    db.close()


def real_world(db: WorkspaceDb, file: Path) -> oracle.World:
    """Return the oracle's view: sales from the file, stock from the tables."""
    world = oracle.World()
    world.add_lines(_real_lines(file))
    ordinal = "(day - date '0001-01-01') + 1"
    for row in db.ask(
        f"select sku, code, list({ordinal}) as days, max_by(ending, day) as ending,"
        f" max({ordinal}) as newest"
        " from stock_days join skus using (sku_id) join pools using (pool_id)"
        " where starting > 0 or ending > 0 group by sku, code"
    ).to_pylist():
        world.positive[row["sku"], row["code"]] = set(row["days"])
        world.ending[row["sku"], row["code"]] = {row["newest"]: row["ending"]}
    for table, column, kept in (
        ("complete_days join marketplaces using (marketplace_id)", "code", "complete"),
        ("stock_covered_days join pools using (pool_id)", "code", "covered"),
    ):
        for row in db.ask(
            f"select {column} as place, first_day, last_day from {table}"
        ).to_pylist():
            first, last = row["first_day"].toordinal(), row["last_day"].toordinal()
            days = getattr(world, kept).setdefault(row["place"], set())
            days.update(range(first, last + 1))
    world.summaries = db.ask(
        f"select s.*, {ordinal} as at, sku, code as marketplace"
        " from inventory_summaries as s join skus using (sku_id)"
        " join marketplaces using (marketplace_id)"
    ).to_pylist()
    for row in world.summaries:
        row |= {"day": row["at"], "connection": row["connection_id"], "taken_at": ""}
        world.walks.setdefault((row["connection"], row["marketplace"]), {})[
            row["day"]
        ] = ""
    return world


def _real_lines(file: Path) -> Iterator[dict[str, Any]]:
    """Return the lines of the file, summed by pandas, one marketplace at a time."""
    places = {place.sales_channel: place for place in MARKETPLACES}
    for channel, lines in pd.read_parquet(file).groupby("sales_channel"):
        place = places.get(str(channel))
        zone = place.time_zone if place else "UTC"
        local = lines.purchase_date.dt.tz_localize("UTC").dt.tz_convert(zone)
        known = lines.assign(
            day=local.dt.date,
            amazon=lines.fulfillment_channel == "Amazon",
            cancelled=lines.order_status == "Cancelled",
        )
        keys = ["sku", "day", "amazon", "cancelled"]
        positive = known[known.quantity > 0]
        for row in positive.groupby(keys).quantity.sum().reset_index().itertuples():
            yield {
                "sku": row.sku,
                "marketplace": place.code if place else "Non-Amazon",
                "day": row.day.toordinal(),
                "quantity": row.quantity,
                "amazon": row.amazon,
                "cancelled": row.cancelled,
                "pool": "EU",
            }
