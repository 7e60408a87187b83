"""How long until a workspace answers? Fresh instances, and one that is open."""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from core.database import instance, workspace_db
from core.spreadsheets.answers import write_csv, write_json
from tests.building.workspaces import KEY, fill

OPENINGS = 15
ASKS = 300
QUESTION = "select count(*) as n, sum(units) as units from daily where units > $least"


def rows() -> list[tuple[str, float, float, str]]:
    """Return name, measured, limit and unit of each number."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _made(folder)
        first = statistics.median(_seconds(lambda: _first(folder), 5))
        fresh = statistics.median(_seconds(lambda: _open_and_ask(folder), OPENINGS))
        db = _opened(folder)
        answered = statistics.median(
            _seconds(lambda: db.ask(QUESTION, least=0), ASKS),
        )
        csv, json = _files(db)
        db.close()
    return [
        ("the first of a process, which checks a signature", 1000 * first, 300, "ms"),
        ("a fresh workspace instance opens and answers", 1000 * fresh, 150, "ms"),
        ("an open workspace answers", 1000 * answered, 5, "ms"),
        ("a million rows of nine columns as CSV", csv, 10, "s"),
        ("a million rows of nine columns as JSON", json, 10, "s"),
    ]


def _made(folder: Path) -> None:
    temp_dir = folder / "spill"
    db = workspace_db.create(folder / "bench.duckdb", KEY, temp_dir=temp_dir)
    days = [
        f"2026-{month:02}-{day:02}" for month in range(1, 11) for day in range(1, 29)
    ]
    fill(
        db, daily=[(f"S{n}", "DE", day, n % 7 + 1) for n in range(100) for day in days]
    )
    db.close()


def _opened(folder: Path) -> workspace_db.WorkspaceDb:
    path = folder / "bench.duckdb"
    return workspace_db.open_file(path, KEY, temp_dir=folder / "spill")


def _open_and_ask(folder: Path) -> None:
    db = _opened(folder)
    db.ask(QUESTION, least=0)
    # Closing is not part of opening, but each opening must be a fresh one.
    db.close()


def _first(folder: Path) -> None:
    instance._verified.clear()
    _open_and_ask(folder)


def _seconds(act: Callable[[], object], times: int) -> list[float]:
    found = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        found.append(time.perf_counter() - started)
    return found


def _files(db: workspace_db.WorkspaceDb) -> tuple[float, float]:
    seconds = []
    for write in (write_csv, write_json):
        started = time.perf_counter()
        assert sum(len(piece) for piece in write(_million(db))) > 0
        seconds.append(time.perf_counter() - started)
    return seconds[0], seconds[1]


def _million(db: workspace_db.WorkspaceDb) -> pa.RecordBatchReader:
    return db.stream(
        "select 'SKU-' || (i % 20000) as sku, 'DE' as marketplace,"
        " date '2024-01-01' + (i % 700)::int as day, i as units, i * 2 as orders,"
        " i / 7 as velocity, (i / 100)::decimal(18, 2) as revenue,"
        " 'EUR' as currency, i % 2 = 0 as in_stock from range(1000000) as t(i)"
    )


if __name__ == "__main__":
    for name, measured, limit, unit in rows():
        print(f"{measured:10.3f} of {limit:8.3f} {unit:<3} {name}")
