"""A demo that goes on for days knows what a fresh one would know."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.database.workspace_db import WorkspaceDb
from core.kernel.clock import SystemClock
from core.spapi.sandbox.world import seeded
from tests.building.sandbox import NOW, running_sandbox
from tests.building.syncing import FIGURES, rows_of, sync_all
from tests.building.workspaces import fresh_workspace

pytestmark = pytest.mark.slow

BEGAN = date(2024, 11, 20)
DATASETS = ("participations", "orders", "ledger", "shipments")
SHIPMENTS = """
select shipment_id, name, status, destination from shipments
qualify day = max(day) over (partition by shipment_id)
"""
ITEMS = """
select shipment_id, sku, units_shipped, units_received
from shipment_items inner join skus using (sku_id)
qualify day = max(day) over (partition by shipment_id, sku_id)
"""
BROKEN = """
select * from ledger
where ending <> starting + in_transit + receipts + customer_shipments
    + customer_returns + vendor_returns + transfers + found + lost + damaged
    + disposed + other + unknown
"""
TORN = """
select sku_id, country, disposition, day from ledger
window series as (partition by sku_id, country, disposition order by day)
qualify lag(day) over series = day - 1 and lag(ending) over series <> starting
"""


def synced(db: WorkspaceDb, days: float, since: int | None) -> None:
    """Sync the demo's seller as he is so many days later."""
    now = NOW + timedelta(days=days)
    with running_sandbox(seeded(60, 1, now, BEGAN)) as lines:
        results = sync_all(db, lines, SystemClock(now), datasets=DATASETS, since=since)
    assert {result.status for result in results} == {"ok"}


def rows(db: WorkspaceDb, sql: str) -> list[tuple[object, ...]]:
    return sorted(rows_of(db, sql), key=repr)


@pytest.mark.parametrize("steps", [(0, 3), (0, 0.05, 0.6, 1.2, 3)])
def test_days_later_nothing_is_doubled_or_missing(
    tmp_path: Path, steps: Sequence[float]
) -> None:
    old, fresh = fresh_workspace(tmp_path), fresh_workspace(tmp_path)
    for days in steps:
        synced(old, days, None if days else 60)
    synced(fresh, steps[-1], 60 + int(steps[-1]))
    for sql in FIGURES.values():
        # Each workspace makes its own keys of order ids.
        common = sql.replace("lines.order_key,", "")
        assert rows(old, common) == rows(fresh, common)
    assert rows_of(old, "select count(*) > 1000 from ledger") == [(True,)]
    count = "select count(*), count(distinct order_key) from order_lines"
    assert rows_of(old, count) == rows_of(fresh, count)
    assert rows_of(old, BROKEN) == []
    assert rows_of(old, TORN) == []
    for sql in (SHIPMENTS, ITEMS):
        assert set(rows_of(fresh, sql)) <= set(rows_of(old, sql))
    old.close()
    fresh.close()
