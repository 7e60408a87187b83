"""How is one workspace file opened, so that nothing else can be reached?

Each file has a DuckDB instance of its own, with a temporary folder of its own
(two that share one crash), encrypted spill files, and, once the file is
attached, no way to other files, to the network or to its own settings.
"""

import base64
import importlib.util
import shutil
from datetime import UTC
from pathlib import Path

import duckdb

from core.database import failures
from core.database.locks import private_folder
from core.kernel import log
from core.kernel.clock import Clock
from core.kernel.errors import CorruptFileError, DatabaseError, KeyMissingError
from core.kernel.ids import new_id
from core.kernel.keys import KEY_BYTES

NAME = "workspace"
MEMORY_LIMIT = "768MiB"
_SET_ASIDE = ".unreadable-"
_verified: set[tuple[Path, int, int]] = set()
_logger = log.get(__name__)


class Instance:
    """One DuckDB instance with one encrypted file, locked down."""

    def __init__(self, path: Path, key: bytes, temp_dir: Path, clock: Clock) -> None:
        self._temp = private_folder(temp_dir / new_id())
        try:
            self._connection = _attach(path, key, self._temp, clock)
        except BaseException:
            shutil.rmtree(self._temp, ignore_errors=True)
            raise

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a connection for one ask: sharing one mixes up the answers."""
        cursor = self._connection.cursor()
        cursor.execute(f"use {NAME}")
        return cursor

    def close(self) -> None:
        """Write everything to the file and let it go."""
        self._connection.close()
        shutil.rmtree(self._temp, ignore_errors=True)


def wal_of(path: Path) -> Path:
    """Return where DuckDB keeps what is not in the file yet."""
    return path.with_name(path.name + ".wal")


def set_aside(path: Path) -> list[Path]:
    """Return the unreadable logs that were set aside beside a file."""
    return sorted(path.parent.glob(f"{wal_of(path).name}{_SET_ASIDE}*"))


def extension_path() -> Path:
    """Return the httpfs extension in its wheel: it brings OpenSSL, which writes."""
    spec = importlib.util.find_spec("duckdb_extension_httpfs")
    for folder in (spec and spec.submodule_search_locations) or ():
        release = Path(folder) / "extensions" / f"v{duckdb.__version__}"
        if (release / "httpfs.duckdb_extension").exists():
            return release / "httpfs.duckdb_extension"
    raise DatabaseError(
        "The package duckdb-extension-httpfs is missing, or is not the one of"
        f" DuckDB {duckdb.__version__}.",
        "Install exactly what requirements.txt names.",
    )


def _attach(
    path: Path, key: bytes, temp: Path, clock: Clock
) -> duckdb.DuckDBPyConnection:
    if len(key) != KEY_BYTES:
        raise KeyMissingError(
            f"The key of {path.name} is missing.",
            "Restore the keys folder that belongs to this data.",
        )
    wal = wal_of(path)
    try:
        connection = _try(path, key, temp)
    except duckdb.Error as error:
        failure = failures.opening(error, path)
        if not isinstance(failure, CorruptFileError) or not wal.exists():
            raise failure from error
        return _without_log(path, key, temp, clock, failure)
    if wal.exists() and wal.stat().st_size and _ignored_log(connection):
        _report(path, _move_aside(wal, clock))
    return connection


def _without_log(
    path: Path, key: bytes, temp: Path, clock: Clock, failure: DatabaseError
) -> duckdb.DuckDBPyConnection:
    """Open a file whose log may be what is damaged; the log is kept."""
    wal = wal_of(path)
    aside = _move_aside(wal, clock)
    try:
        connection = _try(path, key, temp)
    except duckdb.Error as error:
        aside.rename(wal)
        raise failure from error
    _report(path, aside)
    return connection


def _ignored_log(connection: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether DuckDB passed over the log without a word.

    It does so when the log's head is unreadable, and would then overwrite it.
    """
    sizes = connection.execute(
        "select wal_size from pragma_database_size() where database_name = $name",
        {"name": NAME},
    )
    return sizes.fetchall() == [("0 bytes",)]


def _move_aside(wal: Path, clock: Clock) -> Path:
    stamp = clock.instant().astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    return wal.rename(wal.with_name(f"{wal.name}{_SET_ASIDE}{stamp}"))


def _report(path: Path, aside: Path) -> None:
    _logger.error("unreadable log set aside", file=path.name, kept_as=aside.name)


def _try(path: Path, key: bytes, temp: Path) -> duckdb.DuckDBPyConnection:
    extension = extension_path()
    seen = (extension, extension.stat().st_mtime_ns, extension.stat().st_size)
    connection = duckdb.connect(
        config={
            # Checking the signature is nearly all that opening costs: it is done
            # once per process. Nobody can load anything after the lock below.
            "allow_unsigned_extensions": "true" if seen in _verified else "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "python_enable_replacements": "false",
            "temp_directory": str(temp),
            "temp_file_encryption": "true",
            "memory_limit": MEMORY_LIMIT,
        }
    )
    try:
        connection.execute(f"load {_quoted(extension)}")
        _verified.add(seen)
        connection.execute("set global TimeZone = 'UTC'")
        connection.execute(
            f"attach {_quoted(path)} as {NAME} (encryption_key $key)",
            {"key": base64.b64encode(key).decode()},
        )
        connection.execute(f"use {NAME}")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
    except BaseException:
        connection.close()
        raise
    return connection


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
