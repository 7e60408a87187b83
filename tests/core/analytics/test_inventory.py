from typing import Any

from core.analytics.inventory import STATES, by_state
from core.analytics.question import ask
from core.database.workspace_db import WorkspaceDb
from tests.building.workspaces import fill


def rows(db: WorkspaceDb, **params: str) -> list[dict[str, Any]]:
    return ask(db, "inventory", params).to_pylist()


def test_marketplaces_of_a_pool_are_never_added(db: WorkspaceDb) -> None:
    fill(
        db,
        walks=[
            {"marketplace": "DE", "day": "2026-03-31"}
            | {"taken_at": "2026-03-31 09:00:00+00"},
            {"marketplace": "FR", "day": "2026-03-31"}
            | {"taken_at": "2026-03-31 09:05:00+00"},
        ],
        summaries=[
            ("A", "DE", "2026-03-31", 10),
            ("A", "FR", "2026-03-31", 9),
            ("B", "DE", "2026-03-31", 4),
        ],
    )
    assert [(row["sku"], row["fulfillable"]) for row in rows(db)] == [
        ("A", 9),
        ("B", 4),
    ]


def test_a_named_day_shows_the_last_walk_before_it(db: WorkspaceDb) -> None:
    fill(
        db,
        summaries=[("A", "DE", "2026-03-10", 10), ("A", "DE", "2026-03-20", 7)],
    )
    assert rows(db)[0]["fulfillable"] == 7
    (row,) = rows(db, as_of="2026-03-19")
    assert (row["fulfillable"], row["as_of"].isoformat()) == (10, "2026-03-10")


def test_before_the_first_walk_only_the_ledger_knows(db: WorkspaceDb) -> None:
    fill(
        db,
        stock_days=[("A", "EU", "2026-03-01", 0, 8), ("B", "EU", "2026-03-01", 3, 0)],
        stock_covered=[("EU", "2026-02-01", "2026-03-01")],
        summaries=[("A", "DE", "2026-03-10", 5)],
    )
    found = {row["sku"]: row for row in rows(db, as_of="2026-03-05")}
    assert (found["A"]["fulfillable"], found["B"]["fulfillable"]) == (8, 0)
    assert found["A"]["total"] is found["A"]["inbound_shipped"] is None
    assert found["A"]["source"] == "ledger"
    assert found["A"]["as_of"].isoformat() == "2026-03-01"


def test_states_of_a_pool_add_up_to_its_total(db: WorkspaceDb) -> None:
    states = {state: number for number, state in enumerate(STATES, start=1)}
    base = {"sku": "A", "marketplace": "DE", "day": "2026-03-10"}
    fill(db, summaries=[base | states, base | states | {"sku": "B"}])
    total = sum(row["total"] for row in rows(db))
    assert sum(by_state(db)["units"].to_pylist()) == total == 2 * 45
