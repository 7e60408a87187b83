"""How is one connection of a workspace synced?"""

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from core.accounts.connections import Connection
from core.accounts.workspaces import Workspace
from core.database.workspace_db import WorkspaceDb
from core.services.sellers import Sellers
from core.services.sync_job import Fetch
from core.sync.source import SyncSource

if TYPE_CHECKING:
    from core.sync.progress import DatasetResult, Progress

Choice = tuple[Sequence[str] | None, int | None]
"""Which datasets, and how many days back; None for all, and as before."""


def fetching(
    db: WorkspaceDb,
    workspace: Workspace,
    sellers: Sellers,
    connections: Sequence[Connection],
    choice: Choice,
) -> Fetch:
    """Return what syncs one of a workspace's connections."""
    # Drags the whole of analytics with it: not needed to start.
    from core.sync.landing.connections import register
    from core.sync.run import sync

    # All of them first: a day is complete when every one covers it.
    register(db, [(each.connection_id, each.region) for each in connections])
    datasets, since = choice

    def fetch(
        connection: Connection,
        *,
        progress: "Callable[[Progress], None]",
        stop: threading.Event,
    ) -> "list[DatasetResult]":
        months = workspace.retention_months
        source = SyncSource(connection.connection_id, connection.region, months)
        with sellers.amazon(connection, stop) as amazon:
            results = sync(
                db,
                source,
                amazon,
                datasets=datasets,
                since=since,
                progress=progress,
                stop=stop,
            )
        for result in results:
            if result.marketplaces:
                sellers.settle(connection, result.marketplaces)
        return results

    return fetch
