from datetime import date, timedelta

import pytest

from core.analytics import daily, overview
from core.analytics.question import Params, ask
from core.database.workspace_db import WorkspaceDb
from tests.building.workspaces import fill

END = date(2026, 3, 31)


def day(before: int) -> str:
    return (END - timedelta(days=before)).isoformat()


@pytest.fixture
def seller(db: WorkspaceDb) -> WorkspaceDb:
    fill(
        db,
        daily=[
            {"sku": "A", "marketplace": "DE", "day": day(ago), "units": 2}
            | {"revenue": 9.5}
            for ago in range(-1, 40)
        ],
        complete=[("DE", day(30), day(0))],
        stock_days=[("A", "EU", day(60), 3, 3)],
        stock_covered=[("EU", day(60), day(0))],
    )
    return db


def test_days_up_to_the_last_complete_one_are_shown(seller: WorkspaceDb) -> None:
    found = ask(seller, "daily")
    assert found["day"][-1].as_py() == END
    assert set(found["as_of"].to_pylist()) == {END}
    assert found["complete"].to_pylist() == [False] * 9 + [True] * 31


def test_days_that_are_not_complete_are_shown_when_they_are_asked_for(
    seller: WorkspaceDb,
) -> None:
    found = ask(seller, "daily", {"since": day(0), "until": day(-1)})
    assert found["complete"].to_pylist() == [True, False]
    assert ask(seller, "daily", {"as_of": day(-1)}).num_rows == 41


def test_since_and_until_are_included(seller: WorkspaceDb) -> None:
    found = ask(seller, "daily", {"since": day(5), "until": day(3)})
    assert [str(one) for one in found["day"].to_pylist()] == [day(5), day(4), day(3)]


def test_money_is_exact_and_has_its_currency(seller: WorkspaceDb) -> None:
    (row,) = ask(seller, "daily", {"since": day(0)}).to_pylist()
    assert (str(row["revenue"]), row["currency"]) == ("9.50", "EUR")


def test_a_series_has_the_days_without_units_and_means_that_no_choice_changes(
    db: WorkspaceDb,
) -> None:
    fill(
        db,
        daily=[("A", "DE", day(10), 7), ("A", "DE", day(2), 14)],
        complete=[("DE", day(30), day(0))],
        stock_days=[("A", "EU", day(60), 3, 3), ("A", "EU", day(5), 3, 3)],
        stock_covered=[("EU", day(60), day(0))],
    )
    whole = daily.series(db, Params(sku="A"))
    assert whole["units"].to_pylist() == [7, 0, 0, 0, 0, 0, 0, 0, 14, 0, 0]
    assert whole["mean_7d"].to_pylist()[:8] == [None] * 6 + [1.0, 0.0]
    out = [True, False, False, False, False, True, False, False, True, False, False]
    assert whole["in_stock"].to_pylist() == out
    part = daily.series(db, Params(sku="A", since=END - timedelta(days=3)))
    assert part.equals(whole.slice(7))


def test_the_headline_compares_a_day_with_its_weekday(seller: WorkspaceDb) -> None:
    figures = overview.headline(seller)
    assert (figures.last_day, figures.units, figures.usual_units) == (END, 2, 2.0)
    assert (figures.listings, figures.out_of_stock) == (1, 1)


def test_an_empty_workspace_has_a_headline_of_nothing(db: WorkspaceDb) -> None:
    figures = overview.headline(db)
    assert (figures.last_day, figures.units, figures.listings) == (None, 0, 0)
    assert daily.series(db, Params()).num_rows == 0
    assert overview.freshness(db).num_rows == 0
