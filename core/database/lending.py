"""Who is using the open file? Cursors lent out, and taken back before closing.

The file is opened when the first cursor is asked for, closed when it is idle
and opened afresh after a failure that DuckDB does not recover from.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from core.database import failures
from core.database.instance import Instance
from core.kernel import log
from core.kernel.errors import CorruptFileError, DatabaseError

_PATIENCE_SECONDS = 10.0
_logger = log.get(__name__)


class Lender:
    """Lends cursors of one file's instance to any number of threads.

    Args:
        opener: Opens a fresh instance of the file.
        prepare: Is called with a cursor of each fresh instance.
    """

    def __init__(
        self,
        path: Path,
        opener: Callable[[], Instance],
        prepare: Callable[[duckdb.DuckDBPyConnection], None],
    ) -> None:
        self.path = path
        self._opener = opener
        self._prepare = prepare
        self._instance: Instance | None = None
        self._gate = threading.Condition()
        self._lent: set[duckdb.DuckDBPyConnection] = set()
        self._is_broken = False
        self._is_closed = False

    @property
    def is_open(self) -> bool:
        """Tell whether the file is open, and in order, at this moment."""
        return self._instance is not None and not self._is_broken

    @property
    def lent(self) -> int:
        """How many cursors are in use."""
        return len(self._lent)

    def open(self, *, new: bool = False) -> None:
        """Open the file if it is not; only a new one may not exist yet."""
        with self._gate:
            self._ready(new=new)

    @contextmanager
    def borrowed(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a cursor; what fails in it is said in our words."""
        cursor = self.borrow()
        try:
            yield cursor
        except duckdb.Error as error:
            failure = self.failed(error)
            if failure is error:
                raise
            raise failure from error
        finally:
            self.give_back(cursor)

    def borrow(self) -> duckdb.DuckDBPyConnection:
        """Return a cursor that must be given back."""
        with self._gate:
            cursor = self._ready().cursor()
            self._lent.add(cursor)
            return cursor

    def give_back(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """End the use of a cursor."""
        with self._gate:
            self._lent.discard(cursor)
            cursor.close()
            self._gate.notify_all()

    def failed(self, error: duckdb.Error) -> Exception:
        """Return an error in our words; have the file reopened if it must be."""
        if failures.is_invalidated(error):
            _logger.error("instance invalidated", file=self.path.name)
            self._is_broken = True
        return failures.working(error, self.path)

    def rest(self) -> bool:
        """Close the file unless it is in use; tell whether it was closed."""
        if not self._gate.acquire(blocking=False):
            return False
        try:
            if self._lent or self._instance is None:
                return False
            self._shut()
            return True
        finally:
            self._gate.release()

    def close(self, grace_seconds: float) -> None:
        """Close for good, once those who use it are done, or are stopped."""
        with self._gate:
            self._is_closed = True
            if not self._returned(grace_seconds):
                for cursor in self._lent:
                    cursor.interrupt()
                self._returned(_PATIENCE_SECONDS)
            self._shut()

    def _ready(self, *, new: bool = False) -> Instance:
        """Return the open instance; the gate is held."""
        if self._is_broken and self._returned(_PATIENCE_SECONDS):
            self._shut()
        if self._is_closed:
            raise DatabaseError(
                f"{self.path.name} has been closed.", "Open the workspace again."
            )
        if self._instance is None:
            if not new and not self.path.exists():
                raise CorruptFileError(
                    f"The workspace file {self.path.name} is missing.",
                    "Put it back, or restore the latest backup.",
                )
            self._instance = self._prepared(self._opener())
        return self._instance

    def _prepared(self, instance: Instance) -> Instance:
        cursor = instance.cursor()
        try:
            self._prepare(cursor)
        except BaseException as error:
            cursor.close()
            instance.close()
            if isinstance(error, duckdb.Error):
                raise failures.working(error, self.path) from error
            raise
        cursor.close()
        return instance

    def _returned(self, seconds: float) -> bool:
        return self._gate.wait_for(lambda: not self._lent, seconds)

    def _shut(self) -> None:
        if self._instance is not None:
            self._instance.close()
        self._instance = None
        self._is_broken = False
