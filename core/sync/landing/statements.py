"""Which SQL belongs to a landing? Files beside this one, each one statement."""

from functools import cache
from pathlib import Path

import pyarrow as pa

from core.database.workspace_db import Load, WorkspaceDb


@cache
def statement(name: str) -> str:
    """Return the text of `<name>.sql`."""
    return Path(__file__).with_name(f"{name}.sql").read_text()


def read(source: WorkspaceDb | Load, sql: str, **params: object) -> pa.Table:
    """Return the rows of a select, inside a load or outside of one."""
    if isinstance(source, Load):
        answer = source.run(sql, **params)
        assert answer is not None  # noqa: S101  # a select always has columns
        return answer
    return source.ask(sql, **params)


def insert(load: Load, table: str, rows: list[dict[str, object]]) -> None:
    """Insert a few rows, given as dictionaries, into one of our tables."""
    if rows:
        load.register("few_rows", pa.Table.from_pylist(rows))
        load.run(f"insert into {table} by name select * from few_rows")
