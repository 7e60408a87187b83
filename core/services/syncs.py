"""Which syncs run, and which have run?

One at a time per workspace; its connections run beside each other.
"""

import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, insert, select, update

from core.accounts.connections import Connection
from core.database.control import reading, writing
from core.database.control_tables import sync_runs
from core.kernel.clock import Clock
from core.services.sync_job import Fetch, Outcome, SyncJob, status_of

_CLOSE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What is remembered of a sync: figures, no words.

    Attributes:
        status: running, ok, failed, stopped, or interrupted by a crash.
        results: region, dataset, rows, as_of and status of each.
    """

    run_id: str
    actor: str
    started_at: datetime
    ended_at: datetime | None
    status: str
    results: tuple[dict[str, Any], ...]


class Syncs:
    """The syncs of one instance.

    Args:
        control: Where runs are remembered.
        clock: The real clock is asked.
    """

    def __init__(self, control: Engine, clock: Clock) -> None:
        self._control = control
        self._clock = clock
        self._lock = threading.Lock()
        self._jobs: dict[str, SyncJob] = {}

    def start(
        self,
        workspace_id: str,
        connections: Sequence[Connection],
        fetch: Fetch,
        *,
        actor: str,
    ) -> SyncJob:
        """Start a sync, or return the one that is running."""
        with self._lock:
            running = self._jobs.get(workspace_id)
            if running is not None and running.is_running:
                return running
            job = SyncJob(workspace_id, actor)
            self._remember_start(job)
            self._jobs[workspace_id] = job
            threading.Thread(
                target=self._run,
                args=(job, connections, fetch),
                name="sync",
                daemon=True,
            ).start()
        return job

    def job(self, workspace_id: str) -> SyncJob | None:
        """Return the newest sync of a workspace since the start of the program."""
        with self._lock:
            return self._jobs.get(workspace_id)

    def history(self, workspace_id: str, at_most: int = 20) -> list[RunRecord]:
        """Return what is remembered of a workspace's syncs, the newest first."""
        query = (
            select(sync_runs)
            .where(sync_runs.c.workspace_id == workspace_id)
            .order_by(sync_runs.c.started_at.desc(), sync_runs.c.run_id)
            .limit(at_most)
        )
        with reading(self._control) as connection:
            rows = connection.execute(query).all()
        return [
            RunRecord(
                row.run_id,
                row.actor,
                row.started_at,
                row.ended_at,
                row.status,
                tuple(row.results),
            )
            for row in rows
        ]

    def close(self) -> None:
        """Stop what is running and wait for it, for a while."""
        with self._lock:
            jobs = list(self._jobs.values())
        for job in jobs:
            job.stop()
        for job in jobs:
            job.wait(_CLOSE_SECONDS)

    def _run(
        self, job: SyncJob, connections: Sequence[Connection], fetch: Fetch
    ) -> None:
        try:
            job.run(connections, fetch)
            self._remember_end(job)
        finally:
            job.end()

    def _remember_start(self, job: SyncJob) -> None:
        mine = sync_runs.c.workspace_id == job.workspace_id
        row = {
            "run_id": job.run_id,
            "workspace_id": job.workspace_id,
            "actor": job.actor,
            "started_at": self._clock.instant(),
            "status": "running",
            "results": [],
        }
        with writing(self._control) as connection:
            # Only one runs at a time: others that seem to were killed.
            connection.execute(
                update(sync_runs)
                .where(mine, sync_runs.c.status == "running")
                .values(status="interrupted")
            )
            connection.execute(insert(sync_runs).values(row))

    def _remember_end(self, job: SyncJob) -> None:
        values = {
            "ended_at": self._clock.instant(),
            "status": status_of(job.results),
            "results": [_figures(result) for result in job.results],
        }
        mine = sync_runs.c.run_id == job.run_id
        with writing(self._control) as connection:
            connection.execute(update(sync_runs).where(mine).values(values))


def _figures(result: Outcome) -> dict[str, Any]:
    figures = asdict(result)
    del figures["message"], figures["hint"]
    figures["as_of"] = None if result.as_of is None else result.as_of.isoformat()
    return figures
