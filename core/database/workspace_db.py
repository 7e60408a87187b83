"""What is in one workspace's file? Asks, streams and loads.

Any thread may ask at any time: each ask has a cursor of its own. Loads are
one at a time, each one transaction, and each renews the file's version.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from core.database import migrations
from core.database.instance import Instance, set_aside, wal_of
from core.database.lending import Lender
from core.kernel import log
from core.kernel.clock import Clock, SystemClock
from core.kernel.errors import AppError, DatabaseError
from core.kernel.ids import new_id

BATCH_ROWS = 65_536
BIG_LOAD_BYTES = 16 * 1024 * 1024
_logger = log.get(__name__)


class Load:
    """One transaction that writes, inside `with db.load() as load`.

    Attributes:
        version: What the file's version will be once this load is in it.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, version: str) -> None:
        self.version = version
        self._cursor = cursor
        self._registered: list[str] = []

    def run(self, sql: str, **params: object) -> pa.Table | None:
        """Run one statement; return its rows, None when it has none."""
        table = _table(self._cursor.execute(sql, params or None))
        return table if table.num_columns else None

    def register(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table readable under a name until this load ends."""
        self._cursor.register(name, table)
        self._registered.append(name)

    def forget(self) -> None:
        """Drop the registered tables; `load` does so by itself."""
        while self._registered:
            self._cursor.unregister(self._registered.pop())


class WorkspaceDb:
    """One workspace file, opened when it is asked and closed when it is idle.

    Args:
        opener: Opens a fresh instance of the file.
    """

    def __init__(self, path: Path, opener: Callable[[], Instance]) -> None:
        self.path = path
        self._lender = Lender(path, opener, self._prepare)
        self._version = ""
        self._writer = threading.Lock()

    @property
    def version(self) -> str:
        """The random id that every load renews: answers are cached by it."""
        if not self._version:
            self._lender.open()
        return self._version

    @property
    def notice(self) -> str:
        """A sentence that people must see about this file; empty when fine."""
        lost = set_aside(self.path)
        if not lost:
            return ""
        return (
            "The last changes before a failure could not be read and were set aside"
            f" as {lost[-1].name}. What is shown is from before them: sync again."
            " The file can be deleted once the figures are right."
        )

    @property
    def is_open(self) -> bool:
        """Tell whether the file is open at this moment."""
        return self._lender.is_open

    def ask(self, sql: str, **params: object) -> pa.Table:
        """Return the answer of one select, given exactly its `$names`."""
        with self._lender.borrowed() as cursor:
            return _table(cursor.execute(sql, params or None))

    def stream(self, sql: str, **params: object) -> pa.RecordBatchReader:
        """Return an answer batch by batch, for what may not fit in memory."""
        batches = _Batches(self._lender, sql, params)
        return pa.RecordBatchReader.from_batches(batches.schema, batches)

    @contextmanager
    def load(self) -> Iterator[Load]:
        """Write in one transaction, alone; an error undoes all of it."""
        with self._writer:
            with self._lender.borrowed() as cursor:
                yield from self._transaction(cursor)
            self._checkpoint()

    def begin(self) -> None:
        """Make the file, which does not exist yet."""
        self._lender.open(new=True)

    def rest(self) -> bool:
        """Close the file unless it is in use; the next ask opens it again."""
        return self._lender.rest()

    def close(self, *, grace_seconds: float = 5.0) -> None:
        """Close the file for good; asks that outlast the grace are stopped."""
        self._lender.close(grace_seconds)

    def _prepare(self, cursor: duckdb.DuckDBPyConnection) -> None:
        migrations.bring_up_to_date(cursor)
        row = cursor.execute("select value from meta where name = 'version'").fetchone()
        self._version = str(row[0]) if row else ""

    def _transaction(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[Load]:
        version = new_id()
        load = Load(cursor, version)
        cursor.execute("begin")
        try:
            yield load
            load.forget()
            cursor.execute(
                "update meta set value = $version where name = 'version'",
                {"version": version},
            )
            cursor.execute("commit")
        except BaseException:
            _undo(cursor)
            raise
        self._version = version

    def _checkpoint(self) -> None:
        """Move a big load from the log to the file; stat opens nothing."""
        wal = wal_of(self.path)
        if not wal.exists() or wal.stat().st_size < BIG_LOAD_BYTES:
            return
        try:
            with self._lender.borrowed() as cursor:
                cursor.execute("checkpoint")
        except (AppError, duckdb.TransactionException) as error:
            # The load itself is saved, and asks that run may stand in the way:
            # the next one tries again.
            _logger.warning("checkpoint failed", file=self.path.name, why=str(error))


class _Batches:
    """Batches of one answer, whose cursor is given back at the end."""

    def __init__(self, lender: Lender, sql: str, params: dict[str, object]) -> None:
        self._lender = lender
        self._cursor: duckdb.DuckDBPyConnection | None = None
        self._cursor = lender.borrow()
        try:
            answer = self._cursor.execute(sql, params or None)
            self._source = answer.to_arrow_reader(BATCH_ROWS)
        except duckdb.Error as error:
            self._end()
            raise lender.failed(error) from error
        self.schema = self._source.schema

    def __iter__(self) -> "_Batches":
        return self

    def __next__(self) -> pa.RecordBatch:
        try:
            return self._source.read_next_batch()
        except BaseException:
            self._end()
            raise

    def __del__(self) -> None:
        self._end()

    def _end(self) -> None:
        if self._cursor is not None:
            self._lender.give_back(self._cursor)
            self._cursor = None


def create(
    path: Path, key: bytes, *, temp_dir: Path, clock: Clock | None = None
) -> WorkspaceDb:
    """Make a new workspace file, empty but for its dimensions.

    Raises:
        DatabaseError: There is one already, which is left as it is.
    """
    if path.exists():
        raise DatabaseError(
            f"{path.name} exists already.", "Open it, or choose another workspace."
        )
    db = at(path, key, temp_dir=temp_dir, clock=clock)
    try:
        db.begin()
    except BaseException:
        path.unlink(missing_ok=True)
        wal_of(path).unlink(missing_ok=True)
        raise
    return db


def open_file(
    path: Path, key: bytes, *, temp_dir: Path, clock: Clock | None = None
) -> WorkspaceDb:
    """Open a workspace file and bring its structure up to date.

    Raises:
        WrongKeyError, KeyMissingError, CorruptFileError, FileBusyError,
        DiskFullError: Each says what to do; nothing is destroyed.
    """
    db = at(path, key, temp_dir=temp_dir, clock=clock)
    _ = db.version
    return db


def at(
    path: Path, key: bytes, *, temp_dir: Path, clock: Clock | None = None
) -> WorkspaceDb:
    """Return a workspace that is opened when it is first asked."""
    return WorkspaceDb(
        path, lambda: Instance(path, key, temp_dir, clock or SystemClock())
    )


def _table(answer: duckdb.DuckDBPyConnection) -> pa.Table:
    return answer.to_arrow_table()


def _undo(cursor: duckdb.DuckDBPyConnection) -> None:
    try:
        cursor.execute("rollback")
    except duckdb.Error:
        _logger.warning("rollback refused: the instance is gone with its transaction")
