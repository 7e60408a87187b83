from pathlib import Path

from tests.building.workspaces import fill, fresh_workspace


def test_a_filled_workspace_holds_the_figures_by_their_codes(tmp_path: Path) -> None:
    db = fresh_workspace(tmp_path)
    fill(
        db,
        skus=[("A", "B000A", "X000A", "Mug")],
        daily=[
            ("A", "DE", "2026-03-01", 4),
            {"sku": "B", "marketplace": "Non-Amazon", "day": "2026-03-01"}
            | {"units": 5, "units_merchant": 2, "revenue": "10.50"},
        ],
        multichannel=[("A", "EU", "2026-03-01", 1)],
        lines=[("A", "UK", "2026-03-01", 2)],
        complete=[("DE", "2026-01-01", "2026-03-31")],
        stock_days=[("A", "EU", "2026-03-01", 10, 6)],
        stock_covered=[("EU", "2026-01-01", "2026-03-31")],
        ledger=[("A", "CZ", "2026-03-01", 10, 6)],
        summaries=[
            {"sku": "A", "marketplace": "DE", "day": "2026-03-31"}
            | {"fulfillable": 6, "inbound_shipped": 20}
        ],
        shipments=[("FBA1", "DE", "2026-03-31", "CLOSED")],
        shipment_items=[("FBA1", "A", "2026-03-31", 20, 19)],
    )
    fill(db, summaries=[("B", "DE", "2026-03-31", 0)])
    fill(db, daily=[("C", "US", "2026-03-02", 1)])
    rows = db.ask(
        "select s.sku, m.code, d.units, d.units_amazon, d.units_merchant"
        " from daily as d join skus as s using (sku_id)"
        " join marketplaces as m using (marketplace_id) order by d.day, s.sku"
    ).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        ("A", "DE", 4, 4, 0),
        ("B", "Non-Amazon", 5, 3, 2),
        ("C", "US", 1, 1, 0),
    ]
    held = db.ask(
        "select total, taken_at from inventory_summaries"
        " join inventory_walks using (day, marketplace_id)"
    )
    assert held["total"].to_pylist() == [26, 0]
    assert db.ask("select count(*) as n from shipment_walks")["n"].to_pylist() == [1]
    db.close()
