"""What did DuckDB mean? Its errors, as sentences with a next step."""

from pathlib import Path

import duckdb

from core.kernel.errors import (
    CorruptFileError,
    DatabaseError,
    DiskFullError,
    FileBusyError,
    WrongKeyError,
)

_FULL = ("No space left", "Disk quota exceeded", "out of disk space", "File too large")
_RESTORE = "Nothing was changed. Restore the latest backup, or ask for help."


def is_invalidated(error: duckdb.Error) -> bool:
    """Tell whether the open instance is unusable until it is opened again."""
    text = str(error)
    return isinstance(error, duckdb.FatalException) or "invalidated" in text


def opening(error: duckdb.Error, path: Path) -> DatabaseError:
    """Return what kept a file from being opened."""
    text = str(error)
    if "Wrong encryption key" in text:
        return WrongKeyError(
            f"The key of {path.name} does not open it.",
            "Nothing was changed. Restore the keys folder that belongs to this data.",
        )
    if "lock on file" in text or "already attached" in text:
        return FileBusyError(
            f"{path.name} is held by another process.",
            "Stop the app or the command that is using it, and try again.",
        )
    if "not encrypted" in text or "is a plain" in text:
        return CorruptFileError(
            f"{path.name} is not an encrypted workspace file.",
            "Nothing was changed. Put the right file in its place.",
        )
    if "Permission denied" in text or "Read-only file system" in text:
        return DatabaseError(
            f"{path.name} cannot be read or written.",
            "Give this user permission to read and write it.",
        )
    if any(sign in text for sign in _FULL):
        return _full(path)
    return CorruptFileError(f"{path.name} is damaged and cannot be read.", _RESTORE)


def working(error: duckdb.Error, path: Path) -> Exception:
    """Return what went wrong in an open file; a mistake in our SQL stays itself."""
    text = str(error)
    if any(sign in text for sign in _FULL):
        return _full(path)
    if isinstance(error, duckdb.OutOfMemoryException):
        return DatabaseError(
            "This needs more memory or temporary space than there is.",
            "Ask for a shorter period or fewer marketplaces, or free some disk.",
        )
    if isinstance(error, duckdb.InterruptException):
        return DatabaseError("This was stopped before it was done.", "Try again.")
    if is_invalidated(error):
        return DatabaseError(
            f"{path.name} had to be closed after a failure.",
            "Try again: it is opened afresh. What was saved before is there.",
        )
    if isinstance(error, duckdb.IOException) or "AES tag" in text:
        return CorruptFileError(f"{path.name} cannot be read.", _RESTORE)
    return error


def _full(path: Path) -> DiskFullError:
    return DiskFullError(
        f"There is no room left on the disk of {path.name}.",
        "Free some space and try again. What was saved before is there.",
    )
