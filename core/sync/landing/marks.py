"""What was loaded when, and what was bad in it?"""

from collections.abc import Sequence
from datetime import datetime

from core.database.workspace_db import Load, WorkspaceDb
from core.kernel.clock import Clock
from core.kernel.errors import Issue
from core.sync.cover import Interval
from core.sync.landing.statements import insert


def note_load(
    load: Load,
    dataset: str,
    connection: int,
    clock: Clock,
    *,
    rows: int,
    span: Interval | None = None,
    marketplace: int | None = None,
) -> None:
    """Note one batch that is in, for “as of” and for people."""
    start, end = span or (None, None)
    load.run(
        "insert into loads values ($dataset, $connection, $marketplace, $start,"
        " $end, $as_of, $loaded_at, $rows)",
        dataset=dataset,
        connection=connection,
        marketplace=marketplace,
        start=start,
        end=end,
        as_of=clock.now(),
        loaded_at=clock.instant(),
        rows=rows,
    )


def note_issues(
    load: Load,
    dataset: str,
    connection: int,
    source: str,
    found: Sequence[Issue],
    seen_at: datetime,
) -> None:
    """Replace what was bad in one source."""
    load.run(
        "delete from issues where dataset = $dataset and source = $source"
        " and connection_id = $connection",
        dataset=dataset,
        connection=connection,
        source=source,
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
        for issue in found
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
