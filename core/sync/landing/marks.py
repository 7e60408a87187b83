"""What was loaded when, and what was bad in it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import pyarrow as pa

from core.database.workspace_db import Load, WorkspaceDb
from core.kernel.clock import Clock
from core.kernel.errors import Issue
from core.sync.cover import Interval
from core.sync.landing.statements import insert


class Loaded(Protocol):
    """A batch as its dataset read it."""

    @property
    def source(self) -> str:
        """Return where it came from, in words."""

    @property
    def lines(self) -> pa.Table:
        """Return its rows."""

    @property
    def issues(self) -> list[Issue]:
        """Return what was bad in it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What is worth noting of one batch.

    Attributes:
        marketplace: None where it is all of the connection's.
        source: Where its issues came from; those of earlier are replaced.
    """

    rows: int
    span: Interval | None = None
    marketplace: int | None = None
    source: str = ""
    issues: Sequence[Issue] = ()


def batch(loaded: Loaded, span: Interval) -> Batch:
    """Return what is worth noting of a report."""
    return Batch(
        loaded.lines.num_rows, span, source=loaded.source, issues=loaded.issues
    )


def note(load: Load, dataset: str, connection: int, clock: Clock, batch: Batch) -> None:
    """Note one batch that is in, for “as of” and for people."""
    start, end = batch.span or (None, None)
    load.run(
        "insert into loads values ($dataset, $connection, $marketplace, $start,"
        " $end, $as_of, $loaded_at, $rows)",
        dataset=dataset,
        connection=connection,
        marketplace=batch.marketplace,
        start=start,
        end=end,
        as_of=clock.now(),
        loaded_at=clock.instant(),
        rows=batch.rows,
    )
    if batch.source:
        _note_issues(load, dataset, connection, clock.instant(), batch)


def _note_issues(
    load: Load, dataset: str, connection: int, seen_at: datetime, batch: Batch
) -> None:
    """Replace what was bad in one source."""
    load.run(
        "delete from issues where dataset = $dataset and source = $source"
        " and connection_id = $connection",
        dataset=dataset,
        connection=connection,
        source=batch.source,
    )
    rows: list[dict[str, object]] = [
        {
            "dataset": dataset,
            "connection_id": connection,
            "seen_at": seen_at,
            "source": issue.source,
            "source_row": issue.row,
            "source_column": issue.column,
            "message": issue.message,
            "hint": issue.hint,
        }
        for issue in batch.issues
    ]
    insert(load, "issues", rows)


def last_load(db: WorkspaceDb, dataset: str, connection: int) -> datetime | None:
    """Return the calendar's instant of a dataset's last load, if there is one."""
    found = db.ask(
        "select max(as_of) from loads"
        " where dataset = $dataset and connection_id = $connection",
        dataset=dataset,
        connection=connection,
    )
    instant: datetime | None = found[0][0].as_py()
    return instant
