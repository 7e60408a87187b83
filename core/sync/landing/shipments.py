"""How do shipments get in? As a log of changes, one row per day of change."""

from datetime import datetime, timedelta

import pyarrow as pa

from core.database.workspace_db import Load, WorkspaceDb
from core.sync.landing import skus
from core.sync.landing.statements import read, statement

FOLLOWED_AFTER_CLOSE = timedelta(days=45)
"""How long a closed shipment is looked at: found units move no date."""


def last_walk(db: WorkspaceDb, connection: int) -> datetime | None:
    """Return when shipments were last looked at, None before the first time."""
    found = db.ask(
        "select max(taken_at) from shipment_walks where connection_id = $connection",
        connection=connection,
    )
    instant: datetime | None = found[0][0].as_py()
    return instant


def followed(db: WorkspaceDb, connection: int, now: datetime) -> list[str]:
    """Return the ids of shipments to look at, whether or not they are listed."""
    found = db.ask(
        statement("shipments_followed"),
        connection=connection,
        closed_since=(now - FOLLOWED_AFTER_CLOSE).date(),
    )
    names: list[str] = found["shipment_id"].to_pylist()
    return names


def land(
    load: Load, connection: int, taken_at: datetime, seen: pa.Table, items: pa.Table
) -> None:
    """Note what changed since the day before; the same day is replaced."""
    key = {"connection": connection, "day": taken_at.date()}
    load.register("incoming", seen)
    load.register("items_seen", items)
    load.register("looked_at", seen.select(["shipment_id"]))
    unnamed = read(load, statement("shipment_skus"))
    skus.land(load, unnamed)
    for table in ("shipments", "shipment_items"):
        load.run(
            f"delete from {table} using looked_at"
            f" where {table}.shipment_id = looked_at.shipment_id"
            f" and {table}.connection_id = $connection and {table}.day = $day",
            **key,
        )
    load.run(statement("shipments"), **key)
    load.run(statement("shipment_items"), **key)
    load.run(
        "delete from shipment_walks where connection_id = $connection and day = $day",
        **key,
    )
    load.run(
        "insert into shipment_walks values ($connection, $day, $taken_at)",
        taken_at=taken_at,
        **key,
    )
