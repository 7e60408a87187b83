"""How do order lines get in, with the sums and the cover that follow from them?"""

from collections.abc import Sequence
from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from core.database.workspace_db import Load, WorkspaceDb
from core.sync.cover import Interval, complete_days, merged
from core.sync.landing import connections, skus
from core.sync.landing.statements import insert, read, statement
from core.sync.plan import BY_LAST_UPDATE, Known, Window


def known(db: WorkspaceDb, connection: int) -> Known:
    """Return what order loads of a connection have brought already."""
    updates = db.ask(
        "select known_until from order_updates where connection_id = $connection",
        connection=connection,
    )[0].to_pylist()
    asked = db.ask(
        "select report_type, from_at, to_at from report_requests"
        " where connection_id = $connection",
        connection=connection,
    ).to_pylist()
    return Known(
        cover=covers(db).get(connection, []),
        updates_until=updates[0] if updates else None,
        asked=[tuple(row.values()) for row in asked],
    )


def secret(db: WorkspaceDb) -> bytes:
    """Return the secret under which order ids of this workspace become keys."""
    sql = "select value from meta where name = 'order_secret'"
    return bytes.fromhex(db.ask(sql)[0][0].as_py())


def covers(source: WorkspaceDb | Load) -> dict[int, list[Interval]]:
    """Return what good order loads cover, by connection."""
    found: dict[int, list[Interval]] = {}
    sql = "select connection_id, from_at, to_at from order_cover order by all"
    for row in read(source, sql).to_pylist():
        interval = (row["from_at"], row["to_at"])
        found.setdefault(row["connection_id"], []).append(interval)
    return found


def land(load: Load, connection: int, lines: pa.Table) -> None:
    """Replace the orders of a batch as a whole, and the sums of their days."""
    lines = _without_stale(load, lines) if lines.num_rows else lines
    if not lines.num_rows:
        return
    load.register("incoming", lines)
    skus.land(load, read(load, statement("orders_named")))
    load.register("incoming", _in_time(skus.numbered(load, lines)))
    replaced = read(load, "select count(*) from replaced")[0][0].as_py()
    is_held = bool(replaced)
    touched = read(load, statement("orders_touched"), is_held=is_held)
    if is_held:
        load.run(
            "delete from order_lines using replaced"
            " where order_lines.order_key = replaced.order_key"
        )
    load.run(statement("orders_insert"), connection=connection)
    _sum_up(load, touched)


def _without_stale(load: Load, lines: pa.Table) -> pa.Table:
    """Leave out orders of which we hold a newer state; name those replaced."""
    load.register("incoming", lines.select(["order_key", "updated_at"]))
    edges = pc.min_max(lines["purchased_at"])
    held = read(
        load,
        statement("orders_stale"),
        first_at=edges["min"].as_py(),
        last_at=edges["max"].as_py(),
    )
    stale = held.filter(held["is_stale"])["order_key"]
    load.register("replaced", held.filter(pc.invert(held["is_stale"])))
    if not len(stale):
        return lines
    is_stale = pc.is_in(lines["order_key"], value_set=stale.combine_chunks())
    return lines.filter(pc.invert(is_stale))


def _in_time(lines: pa.Table) -> pa.Table:
    return lines.take(pc.sort_indices(lines["purchased_at"]))


def _sum_up(load: Load, touched: pa.Table) -> None:
    if not touched.num_rows:
        return
    load.register("touched", touched)
    edges = pc.min_max(touched["day"]).as_py()
    days: dict[str, date] = {"first_day": edges["min"], "last_day": edges["max"]}
    for name in ("daily", "daily_multichannel"):
        load.run(statement(f"{name}_forget"), **days)
        load.run(statement(name), **days)


def hold_back(
    load: Load, connection: int, waiting: pa.Table, seen_at: datetime
) -> None:
    """Keep lines of unknown sales channels until somebody knows them."""
    if not waiting.num_rows:
        return
    load.register("waiting", waiting)
    load.run(
        "delete from quarantined_lines using waiting"
        " where quarantined_lines.order_key = waiting.order_key"
    )
    load.run(
        "insert into quarantined_lines select $connection, order_key, $seen_at,"
        " sales_channel, line from waiting",
        connection=connection,
        seen_at=seen_at,
    )


def widen(load: Load, connection: int, window: Window, began: datetime) -> None:
    """Note what a loaded window covers, and which local days that completes.

    Changes made after the first load `began` are known only from then on.
    """
    cover = covers(load).get(connection, [])
    if window.covers:
        _replace_cover(load, connection, merged([*cover, window.covers]))
    is_update = window.report_type == BY_LAST_UPDATE
    load.run(
        statement("orders_updates"),
        connection=connection,
        known_until=window.end if is_update else began,
        is_update=is_update,
    )
    refresh_complete_days(load)


def _replace_cover(load: Load, connection: int, cover: Sequence[Interval]) -> None:
    load.run(
        "delete from order_cover where connection_id = $connection",
        connection=connection,
    )
    rows: list[dict[str, object]] = [
        {"connection_id": connection, "from_at": start, "to_at": end}
        for start, end in cover
    ]
    insert(load, "order_cover", rows)


def refresh_complete_days(load: Load) -> None:
    """Work out anew which local days are complete."""
    ranges = complete_days(
        covers(load), connections.regions(load), connections.holdings(load)
    )
    load.run("delete from complete_days")
    names = ("marketplace_id", "first_day", "last_day")
    insert(load, "complete_days", [dict(zip(names, r, strict=True)) for r in ranges])


def put_in_order(load: Load) -> None:
    """Lay `daily` out by day again, after windows came in another order."""
    for table in ("daily", "daily_multichannel"):
        rows = read(load, f"select * from {table} order by day")
        load.run(f"delete from {table}")
        load.register("in_order", rows)
        load.run(f"insert into {table} select * from in_order")
