"""What is on its way, what has arrived, and what is missing?"""

import csv
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow as pa

from core.analytics.question import COMMON, Params, Question, sql_beside
from core.database.workspace_db import WorkspaceDb

CLAIM_WINDOWS = Path(__file__).parents[2] / "data" / "reference" / "claim_windows.csv"
"""How many days after the close of a shipment a claim may be made."""


def answer(
    db: WorkspaceDb, params: Params, claim_windows: Path = CLAIM_WINDOWS
) -> pa.Table:
    """Return one row per shipment and SKU in it."""
    windows = _windows(claim_windows)
    return db.ask(
        sql_beside(__file__),
        as_of=params.as_of,
        marketplaces=params.marketplaces(),
        claim_places=[place for place, _, _ in windows],
        claim_since=[since for _, since, _ in windows],
        claim_days=[days for _, _, days in windows],
        **params.of_skus(),
    )


QUESTION = Question("shipments", "shipment and SKU", COMMON, answer)


@cache
def _windows(path: Path) -> list[tuple[str, date, int]]:
    """Return marketplace, first day and days of every known claim window."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            (
                row["marketplace"],
                date.fromisoformat(row["valid_from"]),
                int(row["days_after_closed"]),
            )
            for row in csv.DictReader(file)
        ]
