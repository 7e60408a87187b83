from datetime import date
from pathlib import Path

from core.analytics import shipments
from core.analytics.question import Params, ask
from core.database.workspace_db import WorkspaceDb
from tests.building.workspaces import fill

SENT = {
    "shipments": [
        ("FBA1", "DE", "2026-03-01", "SHIPPED"),
        ("FBA1", "DE", "2026-03-09", "CLOSED"),
    ],
    "shipment_items": [
        ("FBA1", "A", "2026-03-01", 20, 0),
        ("FBA1", "A", "2026-03-09", 20, 18),
        ("FBA1", "B", "2026-03-01", 5, 6),
    ],
}


def test_the_newest_row_of_each_shipment_and_item_counts(db: WorkspaceDb) -> None:
    fill(db, **SENT)
    found = ask(db, "shipments").to_pylist()
    assert [(row["sku"], row["units_missing"]) for row in found] == [
        ("A", 2),
        ("B", -1),
    ]
    assert {row["status"] for row in found} == {"CLOSED"}
    assert {row["as_of"].isoformat() for row in found} == {"2026-03-09"}
    assert {(row["created"], row["eta"], row["claim_by"]) for row in found} == {
        (None, None, None)
    }


def test_a_named_day_shows_what_was_known_then(db: WorkspaceDb) -> None:
    fill(db, **SENT)
    found = ask(db, "shipments", {"as_of": "2026-03-08", "sku": "A"}).to_pylist()
    assert [(row["status"], row["units_received"]) for row in found] == [("SHIPPED", 0)]


def test_the_claim_day_follows_from_the_window_of_the_marketplace(
    db: WorkspaceDb, tmp_path: Path
) -> None:
    fill(db, **SENT)
    windows = tmp_path / "windows.csv"
    windows.write_text(
        "marketplace,valid_from,days_after_closed,source,read_on\n"
        "DE,2025-01-01,90,x,2026-01-01\nDE,2026-01-01,60,x,2026-01-01\n"
        "DE,2027-01-01,9,x,2026-01-01\nFR,2026-01-01,1,x,2026-01-01\n"
    )
    found = shipments.answer(db, Params(), windows)
    assert set(found["claim_by"].to_pylist()) == {date(2026, 5, 8)}


def test_a_shipment_of_no_known_marketplace_is_shown(db: WorkspaceDb) -> None:
    fill(db, **SENT)
    with db.load() as load:
        load.run("update shipments set marketplace_id = null")
    assert ask(db, "shipments").num_rows == 2
    assert ask(db, "shipments", {"marketplace": "DE"}).num_rows == 0
