"""A sync that is killed again and again ends where an undisturbed one ends."""

import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from core.database.workspace_db import open_file
from core.kernel.clock import SystemClock
from core.spapi.sandbox.world import World, from_orders
from tests.building.sandbox import NOW, SellerLine, running_sandbox, small_world
from tests.building.shared import CHECKOUT, shared
from tests.building.syncing import hashes, rows_of, sync_all
from tests.building.workspaces import KEY, fresh_workspace

pytestmark = pytest.mark.slow

KILLS = 20
ONCE_EACH = {
    "order_cover": "connection_id, from_at, to_at",
    "stock_cover": "connection_id, first_day, last_day",
    "inventory_walks": "connection_id, marketplace_id, day",
    "shipments": "connection_id, shipment_id, day",
    "catalog_items": "asin, marketplace_id",
}


def started(path: Path, since: int, lines: Sequence[SellerLine]) -> subprocess.Popen:
    told = json.dumps([asdict(line) for line in lines])
    command = [sys.executable, "-m", "tests.faults.sync_process"]
    return subprocess.Popen(
        [*command, str(path), NOW.isoformat(), str(since), told],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    )


def killed(process: subprocess.Popen, steps: int, pause: float) -> bool:
    """Kill a sync some time after so many steps; tell whether it was in time."""
    assert process.stdout is not None
    for _ in range(steps):
        if process.stdout.readline() != "step\n":
            break
    time.sleep(pause)  # the moment of the kill is real time
    in_time = process.poll() is None
    process.kill()
    process.wait()
    process.stdout.close()
    return in_time


def counts(path: Path) -> dict[str, int]:
    db = open_file(path, KEY, temp_dir=path.parent / "temp")
    try:
        for table, key in ONCE_EACH.items():
            twice = f"select {key} from {table} group by {key} having count(*) > 1"
            assert rows_of(db, twice) == [], table
        tables = (*ONCE_EACH, "shipment_items", "report_requests", "issues")
        sql = "select count(*) from "
        return {name: int(str(rows_of(db, sql + name)[0][0])) for name in tables}
    finally:
        db.close()


def figures(path: Path) -> dict[str, str]:
    db = open_file(path, KEY, temp_dir=path.parent / "temp")
    try:
        return hashes(db)
    finally:
        db.close()


def check(folder: Path, world: World, since: int, most_steps: int) -> None:
    whole, broken = folder / "whole.duckdb", folder / "broken.duckdb"
    db = fresh_workspace(folder)
    db.close()
    for copy in (whole, broken):  # the same secret of order ids in both
        shutil.copy(db.path, copy)
    chance = random.Random(20)
    with running_sandbox(world) as lines:
        kills = 0
        for _ in range(3 * KILLS):
            process = started(broken, since, lines)
            kills += killed(process, chance.randint(1, most_steps), chance.random() / 5)
            if kills == KILLS:
                break
        assert kills == KILLS
        last = started(broken, since, lines)
        said, _ = last.communicate()
        assert said.splitlines()[-1] == "done"
        db = open_file(whole, KEY, temp_dir=folder / "temp")
        results = sync_all(db, lines, SystemClock(NOW), since=since)
        assert {result.status for result in results} == {"ok"}
        db.close()
    assert figures(broken) == figures(whole)
    assert counts(broken) == counts(whole)


def test_twenty_kills_of_a_small_sync_leave_no_trace(tmp_path: Path) -> None:
    check(tmp_path, small_world(), since=120, most_steps=40)


def test_twenty_kills_of_the_real_sync_leave_no_trace(tmp_path: Path) -> None:
    file = shared("data/seller_order_lines.parquet")
    check(tmp_path, from_orders(file, NOW), since=725, most_steps=60)
