"""Whatever fails leaves the earlier figures, and the other datasets come in."""

from datetime import timedelta
from pathlib import Path

import pytest

from core.kernel.clock import SystemClock
from core.spapi.sandbox.world import World
from tests.building.sandbox import NOW, SellerLine, running_sandbox, small_world
from tests.building.syncing import hashes, rows_of, sync_all
from tests.building.workspaces import fresh_workspace


class Hurried(SystemClock):
    """A clock that does not wait long between tries."""

    def sleep(self, seconds: float) -> None:
        super().sleep(min(seconds, 0.05))


CLOCK = Hurried(NOW)
TOMORROW = Hurried(NOW + timedelta(days=1))


def far_east(lines: list[SellerLine]) -> list[SellerLine]:
    return [line for line in lines if line.region == "FE"]


def statuses(results: list) -> dict[str, str]:
    return {result.dataset: result.status for result in results}


def test_a_month_that_amazon_cancels_once_is_not_taken_for_a_month_without_orders(
    tmp_path: Path,
) -> None:
    whole = fresh_workspace(tmp_path / "whole")
    doubted = fresh_workspace(tmp_path / "doubted")
    for db in (whole, doubted):  # the same secret, so that rows can be compared
        with db.load() as load:
            load.run(
                "update meta set value = repeat('ab', 32) where name like '%secret'"
            )
    with running_sandbox() as lines:
        sync_all(whole, far_east(lines), CLOCK, datasets=["orders"], since=60)
    with running_sandbox(faults="cancelled") as lines:
        sync_all(doubted, far_east(lines), CLOCK, datasets=["orders"], since=60)
    assert rows_of(whole, "select * from daily limit 1")
    assert hashes(doubted, ["daily"]) == hashes(whole, ["daily"])


@pytest.mark.parametrize("fault", ["fatal-report", "gzip-truncated"])
def test_a_report_that_fails_costs_its_dataset_only(tmp_path: Path, fault: str) -> None:
    db = fresh_workspace(tmp_path)
    with running_sandbox(faults=f"{fault}:1") as lines:
        results = sync_all(db, far_east(lines), CLOCK, since=20)
    ended = statuses(results)
    assert (ended["orders"], ended["ledger"]) == ("failed", "failed")
    assert {ended[name] for name in ("inventory", "shipments", "catalog")} == {"ok"}
    assert all(r.message and r.hint for r in results if r.status == "failed")


def test_when_amazons_answers_break_off_yesterdays_figures_stay(
    tmp_path: Path,
) -> None:
    db = fresh_workspace(tmp_path)
    world: World = small_world()
    with running_sandbox(world) as lines:
        sync_all(db, far_east(lines), CLOCK, since=20)
    before = hashes(db)
    stock = rows_of(db, "select * from inventory_summaries order by all")
    sent = rows_of(db, "select * from shipment_items order by all")
    with running_sandbox(world, faults="truncated:1") as lines:
        results = sync_all(
            db, far_east(lines), TOMORROW, datasets=["inventory", "shipments"]
        )
    assert set(statuses(results).values()) == {"failed"}
    assert hashes(db) == before
    assert rows_of(db, "select * from inventory_summaries order by all") == stock
    assert rows_of(db, "select * from shipment_items order by all") == sent
    assert stock
    assert sent
