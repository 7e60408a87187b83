"""Which workspaces are open in this process? One owner per file, for life.

The lock beside a file is taken before DuckDB opens it and kept until the
workspace is dropped: DuckDB's own lock is lost as soon as anything in this
process opens and closes the file.
"""

import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.database import workspace_db
from core.database.locks import Lock, hold
from core.database.workspace_db import WorkspaceDb
from core.kernel.clock import Clock
from core.kernel.errors import AppError

__all__ = ["Lock", "OpenWorkspaces", "hold"]

AT_MOST_OPEN = 16
IDLE_SECONDS = 15 * 60.0


@dataclass(slots=True)
class _Held:
    lock: Lock
    db: WorkspaceDb
    used_at: float


class OpenWorkspaces:
    """The workspace files of one data folder that this process owns.

    Args:
        data_dir: Made, for its owner only, when it does not exist.
        key_of: Returns the data key of a workspace id.
        at_most: How many files are open at a time, unless more are in use.
    """

    def __init__(
        self,
        data_dir: Path,
        key_of: Callable[[str], bytes],
        clock: Clock,
        *,
        at_most: int = AT_MOST_OPEN,
    ) -> None:
        self._data_dir = data_dir
        self._key_of = key_of
        self._clock = clock
        self._at_most = at_most
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._gate = threading.RLock()

    def create(self, workspace_id: str) -> None:
        """Make a new workspace file; an existing one is left as it is."""
        with self._gate:
            self._take(workspace_id, workspace_db.create)

    def get(self, workspace_id: str) -> WorkspaceDb:
        """Return a workspace, opened if need be; idle others are closed.

        Raises:
            FileBusyError: Another process owns it.
        """
        with self._gate:
            held = self._held.get(workspace_id)
            if held is None:
                held = self._take(workspace_id, workspace_db.at)
            held.used_at = self._clock.monotonic()
            self._held.move_to_end(workspace_id)
            self._rest_idle()
        try:
            _ = held.db.version  # opens it, while others may get theirs
        except AppError:
            self.drop(workspace_id)
            raise
        return held.db

    def drop(self, workspace_id: str) -> None:
        """Close a workspace and let others have its file."""
        with self._gate:
            held = self._held.pop(workspace_id, None)
        if held is not None:
            held.db.close()
            held.lock.release()

    def close_all(self) -> None:
        """Close and release every workspace."""
        for workspace_id in list(self._held):
            self.drop(workspace_id)

    def path_of(self, workspace_id: str) -> Path:
        """Return where the file of a workspace is."""
        return self._data_dir / "workspaces" / f"{workspace_id}.duckdb"

    def _take(self, workspace_id: str, opened: Callable[..., WorkspaceDb]) -> _Held:
        path = self.path_of(workspace_id)
        temp_dir = self._data_dir / "run" / "spill" / workspace_id
        lock = hold(path.with_suffix(".lock"))
        try:
            # Left by a process that was killed; nobody else can be here now.
            shutil.rmtree(temp_dir, ignore_errors=True)
            key = self._key_of(workspace_id)
            db = opened(path, key, temp_dir=temp_dir, clock=self._clock)
        except BaseException:
            lock.release()
            raise
        held = _Held(lock, db, self._clock.monotonic())
        self._held[workspace_id] = held
        return held

    def _rest_idle(self) -> None:
        """Close what nobody used for long, then the least recently used."""
        now = self._clock.monotonic()
        *others, _asked_for = self._held.values()
        opened = [held for held in others if held.db.is_open]
        surplus = len(opened) + 1 - self._at_most
        for held in opened:
            if now - held.used_at > IDLE_SECONDS or surplus > 0:
                surplus -= held.db.rest()
