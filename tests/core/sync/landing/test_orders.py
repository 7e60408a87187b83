from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from core.database.workspace_db import WorkspaceDb
from core.kernel.marketplaces import MARKETPLACES
from core.sync import landing
from core.sync.datasets import orders
from core.sync.datasets.orders import Seller
from tests.building.flat_files import document, order
from tests.building.syncing import rows_of
from tests.building.workspaces import fresh_workspace

FIRST = {0: date(2026, 3, 1)} | {m.number: date(2026, 3, 1) for m in MARKETPLACES}
ASKED = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC))
DAILY = """
select skus.sku, day, units, units_amazon, units_merchant, orders, revenue::varchar
from daily inner join skus using (sku_id) order by all
"""
DAY = date(2026, 3, 10)
LATER = "2026-03-11T12:00:00+00:00"


@pytest.fixture
def db(tmp_path: Path) -> WorkspaceDb:
    return fresh_workspace(tmp_path)


def land(db: WorkspaceDb, *rows: dict[str, str]) -> None:
    found = orders.read(document(rows), Seller("EU", b"s", FIRST), ASKED)
    with db.load() as load:
        landing.orders.land(load, 1, found.lines)


def test_lines_become_sums_of_their_day(db: WorkspaceDb) -> None:
    land(
        db,
        order(quantity="2", item_price="10.00"),
        order(quantity="3", item_price="", fulfillment_channel="Merchant"),
        order(amazon_order_id="other", item_price="5.50"),
        order(amazon_order_id="third", order_status="Cancelled"),
    )
    assert rows_of(db, DAILY) == [("MUG-1", DAY, 6, 3, 3, 2, "15.50")]


def test_the_same_report_again_changes_nothing_and_merges_no_equal_lines(
    db: WorkspaceDb,
) -> None:
    for _ in range(3):
        land(db, order(), order())
    assert rows_of(db, "select count(*) from order_lines") == [(2,)]
    assert rows_of(db, DAILY) == [("MUG-1", DAY, 2, 2, 0, 1, "19.98")]


def test_an_order_is_replaced_as_a_whole_and_old_sums_go(db: WorkspaceDb) -> None:
    land(db, order(), order(sku="BOWL"))
    land(db, order(last_updated_date=LATER, quantity="4"))
    assert [row[:3] for row in rows_of(db, DAILY)] == [("MUG-1", DAY, 4)]


def test_an_order_cancelled_later_leaves_no_day_behind(db: WorkspaceDb) -> None:
    land(db, order())
    land(db, order(last_updated_date=LATER, order_status="Cancelled"))
    assert rows_of(db, DAILY) == []


def test_an_older_state_never_replaces_a_newer_one(db: WorkspaceDb) -> None:
    land(db, order(last_updated_date=LATER, quantity="4"))
    land(db, order(quantity="1"), order(amazon_order_id="new", sku="BOWL"))
    assert [row[:3] for row in rows_of(db, DAILY)] == [
        ("BOWL", DAY, 1),
        ("MUG-1", DAY, 4),
    ]


def test_money_of_another_currency_is_not_revenue(db: WorkspaceDb) -> None:
    land(db, order(currency="USD"))
    assert rows_of(db, DAILY) == [("MUG-1", DAY, 1, 1, 0, 1, None)]


def test_multichannel_units_that_amazon_ships_draw_on_a_pool(db: WorkspaceDb) -> None:
    multi = {"sales_channel": "Non-Amazon", "currency": "", "item_price": ""}
    land(
        db,
        order(**multi, ship_country="GB", quantity="2"),
        order(**multi, ship_country="GB", fulfillment_channel="Merchant"),
    )
    found = rows_of(
        db, "select code, units from daily_multichannel join pools using (pool_id)"
    )
    assert found == [("UK", 2)]
    assert rows_of(db, DAILY) == [("MUG-1", DAY, 3, 2, 1, 1, None)]


def test_a_sku_is_called_as_its_newest_line_calls_it(db: WorkspaceDb) -> None:
    land(db, order(purchase_date="2026-03-12T12:00:00Z", product_name="New name"))
    land(db, order(amazon_order_id="old", product_name="Old name"))
    assert rows_of(db, "select sku, title from skus") == [("MUG-1", "New name")]


def test_what_a_person_imported_stays_beside_synced_sums(db: WorkspaceDb) -> None:
    land(db, order())
    with db.load() as load:
        load.run(
            "insert into daily select $day, sku_id, 5, 7, 7, 0, 1, null,"
            " 'sales_history' from skus",
            day=date(2026, 3, 1),
        )
    land(db, order(purchase_date="2026-03-01T12:00:00Z", amazon_order_id="x"))
    sums = rows_of(db, "select origin, units from daily order by all")
    assert sums == [("sales_history", 7), ("synced", 1), ("synced", 1)]
