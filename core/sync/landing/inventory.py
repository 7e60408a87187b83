"""How does a walk through a marketplace's stock get in?"""

from datetime import datetime
from zoneinfo import ZoneInfo

import pyarrow as pa

from core.database.workspace_db import Load, WorkspaceDb
from core.kernel.marketplaces import POOL_BY_CODE, Marketplace
from core.sync.landing import skus
from core.sync.landing.statements import read, statement


def last_walk(
    db: WorkspaceDb, connection: int, marketplace: int
) -> tuple[datetime, int] | None:
    """Return when the newest walk of a marketplace was, and its SKUs."""
    found = db.ask(
        statement("inventory_last"), connection=connection, marketplace=marketplace
    ).to_pylist()
    return (found[0]["taken_at"], found[0]["sku_count"]) if found else None


def land(
    load: Load, connection: int, place: Marketplace, taken_at: datetime, walk: pa.Table
) -> None:
    """Replace the walk of the same day, in the pool's own time zone."""
    zone = ZoneInfo(POOL_BY_CODE[place.pool].time_zone)
    key = {
        "connection": connection,
        "marketplace": place.number,
        "day": taken_at.astimezone(zone).date(),
    }
    load.register("incoming", walk)
    named = read(
        load,
        "select sku, asin, fnsku, title, $taken_at as named_at from incoming",
        taken_at=taken_at,
    )
    skus.land(load, named)
    for table in ("inventory_summaries", "inventory_walks"):
        load.run(
            f"delete from {table} where connection_id = $connection"
            " and marketplace_id = $marketplace and day = $day",
            **key,
        )
    load.run(
        "insert into inventory_walks"
        " values ($connection, $marketplace, $day, $taken_at)",
        taken_at=taken_at,
        **key,
    )
    load.run(statement("inventory"), **key)
