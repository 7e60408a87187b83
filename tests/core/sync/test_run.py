import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.kernel.clock import SystemClock
from core.kernel.errors import InputError
from core.sync.landing.connections import register
from core.sync.progress import Progress
from core.sync.run import SyncSource, sync
from tests.building.sandbox import NOW, SellerLine, running_sandbox
from tests.building.syncing import amazon_of, hashes, rows_of, sync_all
from tests.building.workspaces import fresh_workspace
from tests.contract.requests import problems, recording

CLOCK = SystemClock(NOW)
SOURCE = SyncSource("fe", "FE", 18)


@pytest.fixture(scope="module")
def sellers() -> Iterator[list[SellerLine]]:
    with running_sandbox() as lines:
        yield lines


def of(sellers: list[SellerLine], region: str) -> SellerLine:
    return next(line for line in sellers if line.region == region)


def test_a_dataset_that_does_not_exist_is_refused(
    sellers: list[SellerLine], tmp_path: Path
) -> None:
    db = fresh_workspace(tmp_path)
    with (
        amazon_of(of(sellers, "FE"), CLOCK) as amazon,
        pytest.raises(InputError, match="no dataset “weather”"),
    ):
        sync(db, SOURCE, amazon, datasets=["weather"])


def test_everything_is_fetched_with_requests_that_amazons_models_allow(
    sellers: list[SellerLine], tmp_path: Path
) -> None:
    db, told = fresh_workspace(tmp_path), list[Progress]()
    line = of(sellers, "FE")
    with amazon_of(line, CLOCK) as amazon, recording(amazon) as requests:
        results = sync(db, SOURCE, amazon, since=40, progress=told.append)
        before = hashes(db)
        again = sync(db, SOURCE, amazon)
    assert {result.status for result in [*results, *again]} == {"ok"}
    assert hashes(db) == before
    assert [problem for request in requests for problem in problems(request)] == []
    assert len(requests) > 20
    assert all(step.doing.endswith(".") for step in told)
    assert all(step.done <= step.total for step in told)
    assert rows_of(db, "select * from report_requests") == []


def test_a_dataset_that_is_asked_for_alone_learns_the_marketplaces_first(
    sellers: list[SellerLine], tmp_path: Path
) -> None:
    db = fresh_workspace(tmp_path)
    with amazon_of(of(sellers, "FE"), CLOCK) as amazon:
        results = sync(db, SOURCE, amazon, datasets=["inventory"])
    assert [result.dataset for result in results] == ["participations", "inventory"]
    assert results[0].marketplaces == ("JP",)


def test_a_sync_that_is_stopped_says_so_and_keeps_what_it_has(
    sellers: list[SellerLine], tmp_path: Path
) -> None:
    db, stop = fresh_workspace(tmp_path), threading.Event()

    def first_orders(step: Progress) -> None:
        if step.dataset == "orders" and step.done == 1:
            stop.set()

    with amazon_of(of(sellers, "FE"), CLOCK, stop) as amazon:
        results = sync(db, SOURCE, amazon, since=90, progress=first_orders, stop=stop)
    ended = {result.dataset: result.status for result in results}
    assert (ended["inventory"], ended["orders"]) == ("ok", "stopped")
    assert len(rows_of(db, "select * from order_cover")) == 1


def test_a_day_waits_for_every_connection_that_covers_it(
    sellers: list[SellerLine], tmp_path: Path
) -> None:
    db = fresh_workspace(tmp_path)
    register(db, [("eu", "EU")])
    sync_all(db, [of(sellers, "FE")], CLOCK, datasets=["orders"], since=10)
    codes = rows_of(
        db,
        "select code from complete_days inner join marketplaces using (marketplace_id)"
        " order by code",
    )
    assert codes == [("AU",), ("JP",)]
