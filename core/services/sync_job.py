"""What is being synced in one workspace now, and how did it end?"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from core.accounts.connections import Connection
from core.kernel import log
from core.kernel.errors import AppError
from core.kernel.ids import new_id

if TYPE_CHECKING:
    from core.sync.progress import DatasetResult, Progress

_LOG = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one dataset of one connection ended.

    Attributes:
        as_of: What the figures show; None when there are none.
        status: ok, failed, off or stopped.
        message: A sentence when it is not ok; may hold the seller's text.
    """

    region: str
    dataset: str
    rows: int
    as_of: datetime | None
    status: str
    message: str = ""
    hint: str = ""


class Fetch(Protocol):
    """Syncs one connection: `core.sync` behind the settings of this instance."""

    def __call__(
        self,
        connection: Connection,
        *,
        progress: "Callable[[Progress], None]",
        stop: threading.Event,
    ) -> "list[DatasetResult]":
        """Return how each dataset ended."""


class SyncJob:
    """One sync of one workspace, seen from any thread.

    Args:
        workspace_id: Whose it is.
        actor: Who asked for it.
    """

    def __init__(self, workspace_id: str, actor: str) -> None:
        self.run_id = new_id()
        self.workspace_id = workspace_id
        self.actor = actor
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._progress: dict[tuple[str, str], Progress] = {}
        self._results: list[Outcome] = []

    @property
    def progress(self) -> "list[Progress]":
        """Return how far each dataset of each connection is, a snapshot."""
        with self._lock:
            return list(self._progress.values())

    @property
    def results(self) -> list[Outcome]:
        """Return what has ended so far."""
        with self._lock:
            return list(self._results)

    @property
    def is_running(self) -> bool:
        """Tell whether something is still going on."""
        return not self._ended.is_set()

    @property
    def status(self) -> str:
        """Return running, ok, failed or stopped."""
        if self.is_running:
            return "running"
        return status_of(self.results)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it has ended; tell whether it has."""
        return self._ended.wait(seconds)

    def stop(self) -> None:
        """Ask it to end soon; what was loaded stays."""
        self._stop.set()

    def run(self, connections: Sequence[Connection], fetch: Fetch) -> None:
        """Sync every connection in a thread of its own, and wait for all."""
        threads = [
            threading.Thread(
                target=self._one,
                args=(connection, fetch),
                name=f"sync-{connection.region}",
                daemon=True,
            )
            for connection in connections
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def end(self) -> None:
        """Say that everything has ended."""
        self._ended.set()

    def _note(self, progress: "Progress") -> None:
        with self._lock:
            self._progress[progress.connection, progress.dataset] = progress

    def _one(self, connection: Connection, fetch: Fetch) -> None:
        try:
            results = fetch(connection, progress=self._note, stop=self._stop)
            ended = [_outcome(connection.region, result) for result in results]
        except AppError as error:
            ended = [_failed(connection.region, error.message, error.hint)]
        except Exception as error:  # noqa: BLE001  # logged, and said to whoever looks
            _LOG.exception("sync failed", region=connection.region)
            ended = [
                _failed(
                    connection.region,
                    f"The sync ended unexpectedly ({type(error).__name__}).",
                    "Try again; what was loaded stays, and the log says more.",
                )
            ]
        with self._lock:
            self._results.extend(ended)


def status_of(results: Sequence[Outcome]) -> str:
    """Return what a sync with these results is called."""
    seen = {result.status for result in results}
    if "failed" in seen:
        return "failed"
    return "stopped" if "stopped" in seen else "ok"


def _outcome(region: str, result: "DatasetResult") -> Outcome:
    return Outcome(
        region,
        result.dataset,
        result.rows,
        result.as_of,
        result.status,
        result.message,
        result.hint,
    )


def _failed(region: str, message: str, hint: str) -> Outcome:
    return Outcome(region, "connection", 0, None, "failed", message, hint)
