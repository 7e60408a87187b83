"""Where are people, workspaces and connections kept, and how is it opened?

One SQLite file, `control.db`. Reads take a snapshot, writes take the write
lock at once, so that what was read is still true when it is written.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError as DriverError

from core.kernel.errors import (
    CorruptFileError,
    DatabaseError,
    DiskFullError,
    FileBusyError,
    SettingsError,
)

HEAD = "0001"
"""The newest revision; a test holds it against the migrations."""

FILE_NAME = "control.db"
_MIGRATIONS = Path(__file__).with_name("control_migrations")
_PRAGMAS = (
    "pragma journal_mode = wal",
    "pragma synchronous = normal",
    "pragma foreign_keys = on",
    "pragma secure_delete = on",
    "pragma busy_timeout = 10000",
)


def open_control(data_dir: Path) -> Engine:
    """Open `control.db` in a folder, made and brought up to date if need be.

    Raises:
        SettingsError: The folder cannot be written.
        DatabaseError: The file is damaged, busy, or of a newer version.
    """
    path = data_dir / FILE_NAME
    _make_file(path)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 10})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        with _explained(path):
            _bring_up_to_date(engine, path)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that sees one moment and changes nothing."""
    with engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that holds the write lock from its first statement."""
    writer = engine.execution_options(writes=True)
    with writer.connect() as connection, connection.begin():
        yield connection


def _make_file(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise SettingsError(
            f"The data folder {path.parent} cannot be written.",
            "Correct its permissions, or set STOCKENER_DATA_DIR to another folder.",
        ) from error


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver must not begin transactions behind our back.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("begin immediate" if writes else "begin")


def _bring_up_to_date(engine: Engine, path: Path) -> None:
    with reading(engine) as connection:
        current = _revision(connection)
    if current == HEAD:
        return
    if current is not None and current > HEAD:
        raise DatabaseError(
            f"{path} was written by a newer version of Stockener.",
            "Start that version, or restore a backup made by this one.",
        )
    with writing(engine) as connection:
        # Another process may have been faster while we waited.
        if _revision(connection) != HEAD:
            _migrate(connection)


def _revision(connection: Connection) -> str | None:
    known = "select name from sqlite_master where name = 'alembic_version'"
    if connection.execute(text(known)).first() is None:
        return None
    revision = connection.scalar(text("select version_num from alembic_version"))
    return None if revision is None else str(revision)


def _migrate(connection: Connection) -> None:
    # Imported only when there is something to do: starting stays quick.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except DriverError as error:
        raise _explain(path, str(error.orig).lower()) from error


def _explain(path: Path, reason: str) -> DatabaseError | SettingsError:
    if "not a database" in reason or "malformed" in reason:
        return CorruptFileError(
            f"{path} is damaged.",
            "Nothing was changed. Restore it from a backup.",
        )
    if "locked" in reason:
        return FileBusyError(
            f"{path} is busy.",
            "Wait until the other command has ended, then try again.",
        )
    if "full" in reason:
        return DiskFullError(
            f"There is no room left for {path}.", "Make room on the disk."
        )
    return SettingsError(
        f"{path} cannot be used: {reason}.",
        "Correct the permissions of the data folder.",
    )
