"""Two years of a real seller's orders, from Amazon's double to `daily`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from core.database.workspace_db import WorkspaceDb
from core.kernel.clock import SystemClock
from core.kernel.marketplaces import MARKETPLACES
from core.spapi.sandbox.world import from_orders
from tests.building.sandbox import SellerLine, running_sandbox
from tests.building.shared import shared
from tests.building.syncing import hashes, sync_all
from tests.building.workspaces import fresh_workspace

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAYS = 725
FIRST_DAY = date(2026, 11, 21) - timedelta(days=DAYS)
LAST_COMPLETE_DAY = date(2026, 11, 20)
EXPECTED = Path(__file__).with_name("expected_daily.sql")
SYNCED = """
select
    skus.sku, marketplaces.code as marketplace, daily.day, daily.units,
    daily.units_amazon, daily.units_merchant, daily.orders, daily.revenue
from daily
inner join skus on daily.sku_id = skus.sku_id
inner join marketplaces on daily.marketplace_id = marketplaces.marketplace_id
"""


@dataclass(frozen=True)
class Story:
    db: WorkspaceDb
    lines: list[SellerLine]
    file: Path


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    file = shared("data/seller_order_lines.parquet")
    with running_sandbox(from_orders(file, NOW)) as lines:
        db = fresh_workspace(tmp_path_factory.mktemp("real"))
        results = sync_all(db, lines, SystemClock(NOW), since=DAYS)
        assert {result.status for result in results} == {"ok"}
        yield Story(db, lines, file)
        db.close()


def expected(file: Path) -> pa.Table:
    with duckdb.connect() as direct:
        days = {"first_day": FIRST_DAY, "last_day": date(2026, 11, 21)}
        answer = direct.execute(EXPECTED.read_text(), {"file": str(file), **days})
        return answer.to_arrow_table()


def test_daily_is_what_the_file_says_on_every_sku_marketplace_and_day(
    story: Story,
) -> None:
    wanted, synced = expected(story.file), story.db.ask(SYNCED)
    with duckdb.connect() as both:
        both.register("wanted", wanted)
        both.register("synced", synced)
        differences = both.execute(
            "select * from (from wanted except all from synced)"
            " union all select * from (from synced except all from wanted)"
        ).fetchall()
    assert differences == []
    assert synced.num_rows == wanted.num_rows > 500_000


def test_every_day_of_every_marketplace_is_complete_until_yesterday(
    story: Story,
) -> None:
    ranges = story.db.ask(
        "select marketplaces.code, first_day, last_day from complete_days"
        " inner join marketplaces using (marketplace_id)"
    ).to_pylist()
    codes = {place.code for place in MARKETPLACES} | {"Non-Amazon"}
    assert {row["code"] for row in ranges} == codes
    assert {row["first_day"] for row in ranges} == {FIRST_DAY}
    assert {row["last_day"] for row in ranges} == {LAST_COMPLETE_DAY}


def test_every_line_of_the_file_since_then_is_in_and_none_was_bad(
    story: Story,
) -> None:
    with duckdb.connect() as direct:
        counted = direct.execute(
            "select count(*) from read_parquet($file)"
            " where timezone('UTC', purchase_date) >= $early",
            {"file": str(story.file), "early": datetime(2024, 11, 28, tzinfo=UTC)},
        ).fetchall()[0][0]
    synced = story.db.ask(
        "select count(*) from order_lines where purchased_at >= $early",
        early=datetime(2024, 11, 28, tzinfo=UTC),
    )[0][0].as_py()
    assert synced == counted > 1_000_000
    assert story.db.ask("select * from issues").num_rows == 0
    assert story.db.ask("select * from quarantined_lines").num_rows == 0


def test_stock_was_there_for_every_unit_that_amazon_shipped(story: Story) -> None:
    balances = story.db.ask(
        "select count(*) as n, min(starting) as least, min(ending) as last"
        " from stock_days"
    ).to_pylist()[0]
    assert balances["n"] > 100_000
    assert min(balances["least"], balances["last"]) >= 0


def test_a_second_sync_changes_nothing(story: Story) -> None:
    before = hashes(story.db)
    results = sync_all(story.db, story.lines, SystemClock(NOW), since=DAYS)
    assert {result.status for result in results} == {"ok"}
    assert hashes(story.db) == before
