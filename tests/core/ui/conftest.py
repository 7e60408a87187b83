"""A small workspace that every question has an answer about."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.database.workspace_db import WorkspaceDb
from tests.building.workspaces import fill, fresh_workspace


@pytest.fixture
def db(tmp_path: Path) -> Iterator[WorkspaceDb]:
    """Return a workspace in which A sells in DE, B in the US, C nowhere."""
    made = fresh_workspace(tmp_path)
    fill(
        made,
        skus=[("A", "B000A", "X000A", "Mug"), ("C", "B000C", "X000C", "Pan")],
        daily=[
            *(("A", "DE", f"2026-03-{day:02}", 2) for day in range(1, 31)),
            *(("B", "US", f"2026-03-{day:02}", 5) for day in range(1, 31)),
        ],
        complete=[
            ("DE", "2026-01-01", "2026-03-31"),
            ("US", "2026-01-01", "2026-03-31"),
        ],
        stock_days=[("A", "EU", "2026-03-01", 10, 6)],
        stock_covered=[("EU", "2026-01-01", "2026-03-31")],
        summaries=[
            ("A", "DE", "2026-04-01", 60),
            ("B", "US", "2026-04-01", 10),
            ("C", "DE", "2026-04-01", 7),
        ],
        shipments=[("FBA1", "DE", "2026-04-01", "CLOSED")],
        shipment_items=[("FBA1", "A", "2026-04-01", 20, 19)],
    )
    yield made
    made.close()
