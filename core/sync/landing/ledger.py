"""How does the ledger get in, and the stock history that follows from it?"""

from datetime import date

import pyarrow as pa

from core.database.workspace_db import Load, WorkspaceDb
from core.kernel.marketplaces import MARKETPLACES, POOL_BY_CODE, POOLS, Region
from core.sync.cover import ONE_DAY, Days, merged_days, shared_days
from core.sync.landing import connections, skus
from core.sync.landing.statements import insert, read, statement

_POOL_OF = {m.number: POOL_BY_CODE[m.pool].number for m in MARKETPLACES}


def covers(source: WorkspaceDb | Load) -> dict[int, list[Days]]:
    """Return the days that believed ledger loads cover, by connection."""
    found: dict[int, list[Days]] = {}
    sql = "select connection_id, first_day, last_day from stock_cover order by all"
    for row in read(source, sql).to_pylist():
        days = (row["first_day"], row["last_day"])
        found.setdefault(row["connection_id"], []).append(days)
    return found


def asked(db: WorkspaceDb, connection: int, report_type: str) -> list[Days]:
    """Return the blocks of ledger reports that were asked for, not yet loaded."""
    table = db.ask(
        "select from_at, to_at from report_requests"
        " where connection_id = $connection and report_type = $report_type",
        connection=connection,
        report_type=report_type,
    )
    rows = table.to_pylist()
    return [(row["from_at"].date(), row["to_at"].date()) for row in rows]


def stock_beside(db: WorkspaceDb, connection: int, days: Days) -> int:
    """Return the sellable units just outside, or known inside, a block of days."""
    found = db.ask(
        "select coalesce(max(units), 0) from (select sum(ending) as units from ledger"
        " where connection_id = $connection and disposition = 'SELLABLE'"
        " and day between $first and $last group by day)",
        connection=connection,
        first=days[0] - ONE_DAY,
        last=days[1] + ONE_DAY,
    )
    return int(found[0][0].as_py())


def land(
    load: Load, connection: int, days: Days, batch: pa.Table, named: pa.Table
) -> None:
    """Replace whole days of a connection, and the stock days made of them."""
    first, last = days
    # Without an instant: any other source names a SKU better.
    never = pa.nulls(named.num_rows, pa.timestamp("us", "UTC"))
    skus.land(load, named.append_column("named_at", never))
    load.run(
        "delete from ledger where connection_id = $connection"
        " and day between $first and $last",
        connection=connection,
        first=first,
        last=last,
    )
    load.register("incoming", batch)
    load.run(statement("ledger"), connection=connection)
    region = connections.regions(load)[connection]
    _refresh_stock_days(load, region, days)


def _refresh_stock_days(load: Load, region: Region, days: Days) -> None:
    pools = [pool.number for pool in POOLS if pool.region == region]
    block: dict[str, date | list[int]] = {
        "first_day": days[0],
        "last_day": days[1],
        "pools": pools,
    }
    load.run(
        "delete from stock_days where day between $first_day and $last_day"
        " and list_contains($pools, pool_id)",
        **block,
    )
    load.run(statement("stock_days"), **block)


def widen(load: Load, connection: int, days: Days) -> None:
    """Note the days that are covered, and which pools that completes."""
    cover = merged_days([*covers(load).get(connection, []), days])
    load.run(
        "delete from stock_cover where connection_id = $connection",
        connection=connection,
    )
    rows: list[dict[str, object]] = [
        {"connection_id": connection, "first_day": first, "last_day": last}
        for first, last in cover
    ]
    insert(load, "stock_cover", rows)
    refresh_covered_days(load)


def refresh_covered_days(load: Load) -> None:
    """Work out anew which days every connection of a pool covers."""
    cover, held = covers(load), connections.holdings(load)
    rows: list[dict[str, object]] = []
    for pool in POOLS:
        holders = [
            number
            for number, marketplaces in held.items()
            if any(_POOL_OF[each] == pool.number for each in marketplaces)
        ]
        rows += [
            {"pool_id": pool.number, "first_day": first, "last_day": last}
            for first, last in shared_days([cover.get(n, []) for n in holders])
        ]
    load.run("delete from stock_covered_days")
    insert(load, "stock_covered_days", rows)
