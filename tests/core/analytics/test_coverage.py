from datetime import date, timedelta
from typing import Any

import pytest

from core.analytics.question import ask
from core.database.workspace_db import WorkspaceDb
from tests.building.workspaces import fill

END = date(2026, 3, 31)
COMPLETE = [(place, "2025-01-01", "2026-03-31") for place in ("DE", "FR", "UK")]


def day(before: int) -> str:
    return (END - timedelta(days=before)).isoformat()


def one(db: WorkspaceDb, **params: str) -> dict[str, Any]:
    (row,) = ask(db, "coverage", params).to_pylist()
    return row


def test_coverage_times_pace_is_the_stock(db: WorkspaceDb) -> None:
    fill(
        db,
        daily=[("A", "DE", day(ago), 3) for ago in range(40)]
        + [("A", "FR", day(ago), 1) for ago in range(0, 40, 2)],
        complete=COMPLETE,
        summaries=[
            {"sku": "A", "marketplace": "DE", "day": day(0), "fulfillable": 70}
            | {"reserved_transfers": 5, "reserved_processing": 2}
            | {"reserved_customer_orders": 99, "inbound_shipped": 30}
            | {"inbound_receiving": 4, "inbound_working": 50}
        ],
    )
    row = one(db)
    assert (row["on_hand"], row["inbound"]) == (77, 34)
    assert row["forecast_per_day"] == pytest.approx(3.5)
    assert row["days_of_cover"] * row["forecast_per_day"] == pytest.approx(77)
    both = row["days_of_cover_with_inbound"] * row["forecast_per_day"]
    assert both == pytest.approx(111)
    assert row["runs_out"] == END + timedelta(days=22)
    assert row["gap_days"] is row["runs_out_early"] is row["runs_out_late"] is None


def test_units_that_the_seller_ships_do_not_empty_the_pool(db: WorkspaceDb) -> None:
    fill(
        db,
        daily=[
            {"sku": "A", "marketplace": "DE", "day": day(29), "units": 40}
            | {"units_merchant": 10}
        ],
        complete=COMPLETE,
    )
    assert one(db)["forecast_per_day"] == 1.0


def test_a_sku_that_only_the_seller_ships_has_no_row(db: WorkspaceDb) -> None:
    fill(
        db,
        daily=[
            {"sku": "A", "marketplace": "DE", "day": day(2), "units": 4}
            | {"units_merchant": 4}
        ],
        complete=COMPLETE,
    )
    assert ask(db, "coverage").num_rows == 0


def test_multichannel_units_use_the_pool(db: WorkspaceDb) -> None:
    fill(
        db,
        daily=[("A", "Non-Amazon", day(1), 6)],
        multichannel=[("A", "EU", day(1), 6)],
        complete=COMPLETE,
        stock_days=[("A", "EU", day(ago), 5, 5) for ago in (1, 2, 3)],
        stock_covered=[("EU", "2025-01-01", day(0))],
        summaries=[("A", "DE", day(0), 10)],
    )
    row = one(db)
    assert (row["pool"], row["in_stock_days_30d"]) == ("EU", 3)
    assert row["days_of_cover"] == 5.0


def test_what_sold_nothing_has_no_end(db: WorkspaceDb) -> None:
    fill(db, complete=COMPLETE, summaries=[("A", "DE", day(0), 10)])
    row = one(db)
    assert row["days_of_cover"] is row["runs_out"] is None


def test_a_runway_beyond_the_calendar_has_no_day(db: WorkspaceDb) -> None:
    fill(
        db,
        daily=[("A", "DE", day(29), 1)],
        complete=COMPLETE,
        summaries=[("A", "DE", day(0), 2_000_000)],
    )
    row = one(db)
    assert row["days_of_cover"] == pytest.approx(60_000_000)
    assert row["runs_out"] is None


def test_windows_end_where_every_marketplace_of_the_pool_is_complete(
    db: WorkspaceDb,
) -> None:
    fill(
        db,
        daily=[("A", "DE", day(0), 50), ("A", "DE", day(9), 5)],
        complete=[
            ("DE", "2025-01-01", day(0)),
            ("FR", "2025-01-01", day(5)),
            ("UK", "2025-01-01", day(99)),
        ],
        summaries=[("A", "DE", day(0), 10)],
    )
    row = one(db)
    assert row["sales_as_of"].isoformat() == day(5)
    assert row["forecast_per_day"] == 1.0
    assert row["as_of"] == END
