"""Who holds a file? One process at a time, for as long as it lives."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from core.kernel.errors import FileBusyError, SettingsError

PRIVATE = 0o700


class Lock:
    """An exclusive lock that the operating system ends with the process."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self._handle: int | None = handle

    def release(self) -> None:
        """Let others have it; the lock file stays where it is."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def hold(path: Path) -> Lock:
    """Take the lock of a path at once, or say who has it.

    Raises:
        FileBusyError: Another process, or another part of this one, holds it.
        SettingsError: The folder cannot be written.
    """
    private_folder(path.parent)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unwritable(path.parent) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(handle, 20, 0).decode(errors="replace").strip()
        os.close(handle)
        raise _busy(path, holder) from error
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(os.getpid()).encode(), 0)
    return Lock(path, handle)


def private_folder(path: Path) -> Path:
    """Make a folder, and those above it, that only their owner can read.

    Raises:
        SettingsError: It cannot be made or written.
    """
    try:
        for folder in reversed([path, *path.parents]):
            if not folder.exists():
                folder.mkdir(mode=PRIVATE, exist_ok=True)
    except OSError as error:
        raise _unwritable(path) from error
    if not path.is_dir() or not os.access(path, os.W_OK | os.X_OK):
        raise _unwritable(path)
    return path


def _busy(path: Path, holder: str) -> FileBusyError:
    who = f"process {holder}" if holder else "another process"
    return FileBusyError(
        f"{path.name} is held by {who}.",
        "Stop the app or the command that is using this data folder, or let it"
        " finish, and try again.",
    )


def _unwritable(folder: Path) -> SettingsError:
    return SettingsError(
        f"The data folder {folder} cannot be written.",
        "Give this user permission to write there, or set STOCKENER_DATA_DIR to"
        " another folder.",
    )
