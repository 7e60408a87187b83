from datetime import date, timedelta
from typing import Any

from core.analytics.question import ask
from core.analytics.velocity import is_kept, refresh_metrics
from core.database.workspace_db import WorkspaceDb
from tests.building.workspaces import fill

END = date(2026, 3, 31)
YEAR = ("DE", "2025-01-01", "2026-03-31")
COVERED = ("EU", "2025-01-01", "2026-03-31")


def day(before: int) -> str:
    return (END - timedelta(days=before)).isoformat()


def one(db: WorkspaceDb, **params: str) -> dict[str, Any]:
    (row,) = ask(db, "velocity", params).to_pylist()
    return row


def stocked(*before: int) -> list[tuple[Any, ...]]:
    return [("A", "EU", day(ago), 5, 5) for ago in before]


def test_units_are_divided_by_days_in_stock(db: WorkspaceDb) -> None:
    fill(
        db,
        daily=[("A", "DE", day(1), 12)],
        complete=[YEAR],
        stock_days=stocked(0, 1, 2, 200),
        stock_covered=[COVERED],
    )
    row = one(db)
    assert (row["units_7d"], row["in_stock_days_7d"], row["velocity_7d"]) == (12, 3, 4)
    assert row["basis"] == "stock"


def test_a_day_that_no_load_covers_counts_as_in_stock_and_is_told(
    db: WorkspaceDb,
) -> None:
    fill(
        db,
        daily=[("A", "DE", day(1), 12)],
        complete=[YEAR],
        stock_days=stocked(200),
        stock_covered=[("EU", "2025-01-01", day(4))],
    )
    row = one(db)
    assert row["in_stock_days_7d"] == 4
    assert row["uncovered_days_90d"] == 4


def test_a_unit_sold_on_a_day_without_stock_makes_the_day_count(
    db: WorkspaceDb,
) -> None:
    fill(
        db,
        daily=[("A", "DE", day(3), 2)],
        complete=[YEAR],
        stock_days=stocked(0, 60),
        stock_covered=[COVERED],
    )
    assert one(db)["in_stock_days_7d"] == 2


def test_a_sku_without_a_day_in_stock_has_no_velocity(db: WorkspaceDb) -> None:
    fill(
        db,
        daily=[("A", "DE", day(50), 2)],
        complete=[YEAR],
        stock_days=stocked(60),
        stock_covered=[COVERED],
    )
    row = one(db)
    assert row["velocity_30d"] is None
    assert row["velocity_60d"] == 2 / 1
    assert row["velocity_90d"] == 2 / 2


def test_without_stock_history_every_day_since_the_first_unit_counts(
    db: WorkspaceDb,
) -> None:
    fill(db, daily=[("A", "DE", day(9), 5)], complete=[YEAR])
    row = one(db)
    assert row["basis"] == "calendar"
    assert row["velocity_30d"] == 0.5
    assert row["in_stock_days_7d"] == 7


def test_multichannel_sales_are_by_the_calendar(db: WorkspaceDb) -> None:
    fill(
        db,
        daily=[("A", "Non-Amazon", day(4), 5)],
        complete=[("Non-Amazon", "2025-01-01", "2026-03-31")],
        stock_days=stocked(0, 1),
        stock_covered=[COVERED],
    )
    row = one(db)
    assert (row["basis"], row["velocity_7d"]) == ("calendar", 1.0)


def test_the_peak_is_the_first_of_the_best_weeks(db: WorkspaceDb) -> None:
    fill(
        db,
        daily=[("A", "DE", day(ago), 14) for ago in (300, 100)]
        + [("A", "DE", day(340), 1)],
        complete=[YEAR],
    )
    row = one(db)
    assert row["peak_velocity"] == 2.0
    assert row["peak_from"].isoformat() == day(306)
    assert row["peak_to"] - row["peak_from"] == timedelta(days=6)


def test_a_week_with_three_days_in_stock_is_no_peak(db: WorkspaceDb) -> None:
    fill(
        db,
        daily=[("A", "DE", day(20), 100), ("A", "DE", day(200), 8)],
        complete=[YEAR],
        stock_days=stocked(20, 21, 22, 200, 201, 202, 203),
        stock_covered=[COVERED],
    )
    assert one(db)["peak_velocity"] == 2.0


def test_a_marketplace_without_a_complete_day_has_rows_only_when_a_day_is_named(
    db: WorkspaceDb,
) -> None:
    fill(db, daily=[("A", "DE", day(3), 5)])
    assert ask(db, "velocity").num_rows == 0
    assert one(db, as_of=day(0))["units_7d"] == 5


def test_a_named_day_hides_everything_after_it(db: WorkspaceDb) -> None:
    fill(db, daily=[("A", "DE", day(ago), 1) for ago in (0, 10, 20)], complete=[YEAR])
    row = one(db, as_of=day(10))
    assert row["units_30d"] == 2
    assert row["last_sale_day"].isoformat() == day(10)
    assert ask(db, "velocity", {"as_of": day(30)}).num_rows == 0


def test_kept_figures_are_the_computed_ones_until_the_next_load(
    db: WorkspaceDb,
) -> None:
    fill(db, daily=[("A", "DE", day(3), 5)], complete=[YEAR])
    assert not is_kept(db)
    computed = ask(db, "velocity")
    refresh_metrics(db)
    assert is_kept(db)
    assert ask(db, "velocity").equals(computed)
    fill(db, daily=[("B", "DE", day(3), 5)])
    assert not is_kept(db)
    assert ask(db, "velocity").num_rows == 2


def test_many_skus_are_computed_in_parts_as_one_is(db: WorkspaceDb) -> None:
    fill(
        db,
        daily=[(f"S{n:04}", "DE", day(n % 50), 1 + n % 4) for n in range(3000)],
        complete=[YEAR],
    )
    everything = {row["sku"]: row for row in ask(db, "velocity").to_pylist()}
    for sku in ("S0000", "S2047", "S2048", "S2999"):
        assert one(db, sku=sku) == everything[sku]
