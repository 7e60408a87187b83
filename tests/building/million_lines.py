"""A million real order lines, put straight into a workspace.

Stock is made up: every SKU that Amazon fulfils in a pool has a balance from
five days before its first sale on, but in some weeks, told by a hash.
"""

from pathlib import Path

import duckdb
import pyarrow as pa

from core.database.workspace_db import WorkspaceDb
from core.kernel.marketplaces import MARKETPLACES, POOL_BY_CODE
from tests.building.workspaces import CONNECTIONS, fill, fresh_workspace

LAST_DAY = "2026-11-20"
LINES = """
create table places as select * from places_given;
create table lines as
select
    l.sku, l.asin, l.title, p.marketplace_id, p.pool_id, l.quantity,
    l.fulfillment_channel = 'Amazon' as is_amazon,
    cast(timezone(p.time_zone, timezone('UTC', l.purchase_date)) as date) as day,
    l.order_id, l.item_price
from read_parquet($file) as l
inner join places as p on l.sales_channel = p.sales_channel
where l.order_status <> 'Cancelled' and l.quantity > 0
"""
SKUS = """
select
    cast(row_number() over (order by sku) as integer) as sku_id, sku,
    any_value(asin) as asin, any_value(title) as title
from lines group by sku
"""
DAILY = """
select
    day, sku_id, marketplace_id,
    cast(sum(quantity) as integer) as units,
    cast(coalesce(sum(quantity) filter (where is_amazon), 0) as integer)
        as units_amazon,
    cast(coalesce(sum(quantity) filter (where not is_amazon), 0) as integer)
        as units_merchant,
    cast(count(distinct order_id) as integer) as orders,
    cast(sum(item_price) as decimal(18, 2)) as revenue,
    'synced' as origin
from lines inner join skus using (sku)
group by day, sku_id, marketplace_id order by day
"""
MULTICHANNEL = """
select day, sku_id, pool_id, cast(sum(quantity) as integer) as units
from lines inner join skus using (sku)
where marketplace_id = 0 and is_amazon group by day, sku_id, pool_id order by day
"""
STOCK = """
select
    cast(day as date) as day, sku_id, pool_id,
    cast(hash(sku_id, pool_id, day) % 90 + 1 as integer) as starting,
    cast(hash(sku_id, pool_id, day) % 70 + 1 as integer) as ending
from (
    select sku_id, pool_id, greatest(min(day) - 5, date '2024-11-27') as first_day
    from lines inner join skus using (sku) where is_amazon group by sku_id, pool_id
)
cross join generate_series(
    timestamp '2024-11-27', cast($last as timestamp), interval 1 day
) as d (day)
where day >= first_day
    and hash(sku_id, pool_id, date_trunc('week', day)) % 6 <> 0
order by day
"""
SUMMARIES = """
select
    cast($last as date) as day, p.connection_id, p.marketplace_id, s.sku_id,
    k.asin, null as fnsku, s.ending as fulfillable,
    0 as reserved_customer_orders, s.sku_id % 5 as reserved_transfers,
    0 as reserved_processing, 0 as inbound_working, s.sku_id % 40 as inbound_shipped,
    0 as inbound_receiving, 0 as unfulfillable, 0 as researching,
    s.ending + s.sku_id % 5 + s.sku_id % 40 as total
from stock as s
inner join skus as k on s.sku_id = k.sku_id
inner join (
    select pool_id, min(marketplace_id) as marketplace_id,
        min(connection_id) as connection_id
    from places where marketplace_id > 0 group by pool_id
) as p on s.pool_id = p.pool_id
where s.day = cast($last as date)
"""


def million_lines(folder: Path, file: Path) -> WorkspaceDb:
    """Return a workspace with the real lines, their `daily` and made-up stock."""
    db = fresh_workspace(folder)
    fill(
        db,
        complete=[
            (place.code, "2024-11-27", LAST_DAY)
            for place in MARKETPLACES
            if place.code not in ("MX", "TR")
        ]
        + [("Non-Amazon", "2024-11-27", LAST_DAY)],
        stock_covered=[
            (pool, "2024-11-27", "2025-12-01") for pool in POOL_BY_CODE if pool != "CA"
        ]
        + [(pool, "2025-12-09", LAST_DAY) for pool in POOL_BY_CODE if pool != "CA"],
    )
    with db.load() as load:
        for name, table in _tables(file).items():
            load.register("given", table)
            load.run(f"insert into {name} by name select * from given")
            load.forget()
        load.run(
            "insert into inventory_walks select distinct connection_id,"
            " marketplace_id, day, day + interval 12 hour from inventory_summaries"
        )
    return db


def _tables(file: Path) -> dict[str, pa.Table]:
    con = duckdb.connect()
    con.execute("set enable_progress_bar = false")
    con.register("places_given", _places())
    for statement in LINES.split(";"):
        con.execute(statement, {"file": str(file)} if "$file" in statement else None)
    con.execute(f"create table skus as {SKUS}")
    last = {"last": f"{LAST_DAY} 00:00:00"}
    con.execute(f"create table stock as {STOCK}", last)
    queries = {
        "skus": "select *, null as fnsku, null as named_at from skus",
        "daily": DAILY,
        "daily_multichannel": MULTICHANNEL,
        "stock_days": "select * from stock",
    }
    found = {name: con.execute(sql).to_arrow_table() for name, sql in queries.items()}
    found["inventory_summaries"] = con.execute(SUMMARIES, last).to_arrow_table()
    con.close()
    return found


def _places() -> pa.Table:
    rows = [
        {
            "marketplace_id": place.number,
            "sales_channel": place.sales_channel,
            "time_zone": place.time_zone,
            "pool_id": POOL_BY_CODE[place.pool].number,
            "connection_id": CONNECTIONS[place.region],
        }
        for place in MARKETPLACES
    ]
    non_amazon = {"marketplace_id": 0, "sales_channel": "Non-Amazon"}
    stock = {"time_zone": "UTC", "pool_id": POOL_BY_CODE["EU"].number}
    return pa.Table.from_pylist([*rows, non_amazon | stock | {"connection_id": 1}])
