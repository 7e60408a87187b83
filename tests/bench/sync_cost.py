"""What does a million-line seller cost on our side: read, convert, load?

Documents are made beforehand from the real order lines; the double's making
of them and all waiting are not measured.
"""

import gzip
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from core.database.workspace_db import WorkspaceDb
from core.spapi.documents import Document
from core.sync import landing, plan
from core.sync.datasets import ledger, orders
from tests.building.shared import CHECKOUT
from tests.building.workspaces import fresh_workspace

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
EUROPE = (
    "sales_channel not in ('Amazon.com', 'Amazon.ca', 'Amazon.co.jp', 'Amazon.com.au')"
)
LINES = f"""
select
    order_id as "amazon-order-id",
    strftime(purchase_date, '%Y-%m-%dT%H:%M:%S+00:00') as "purchase-date",
    strftime(purchase_date, '%Y-%m-%dT%H:%M:%S+00:00') as "last-updated-date",
    order_status as "order-status",
    fulfillment_channel as "fulfillment-channel",
    sales_channel as "sales-channel",
    title as "product-name",
    sku,
    asin,
    order_status as "item-status",
    cast(quantity as varchar) as quantity,
    coalesce(currency, '') as currency,
    coalesce(cast(item_price as varchar), '') as "item-price",
    '' as "ship-country"
from read_parquet($file)
where
    {EUROPE}
    and timezone('UTC', purchase_date) >= $start
    and timezone('UTC', purchase_date) < $end
order by purchase_date
"""
MOVEMENTS = f"""
with skus as (
    select sku, any_value(asin) as asin, any_value(title) as title
    from read_parquet($file)
    where fulfillment_channel = 'Amazon' and {EUROPE}
    group by sku
)
select
    strftime(days.day, '%m/%d/%Y') as "Date",
    'X' || asin as "FNSKU", asin as "ASIN", sku as "MSKU", title as "Title",
    'SELLABLE' as "Disposition", '120' as "StartingWarehouseBalance",
    '0' as "InTransitBetweenWarehouses", '0' as "Receipts",
    '-3' as "CustomerShipments", '0' as "CustomerReturns", '0' as "VendorReturns",
    '0' as "WarehouseTransferIn/Out", '0' as "Found", '0' as "Lost",
    '0' as "Damaged", '0' as "Disposed", '0' as "OtherEvents",
    '117' as "EndingWarehouseBalance", '0' as "UnknownEvents",
    country as "Location"
from (select unnest(generate_series($first::date, $last::date, interval 1 day)) as day)
    as days
cross join skus
cross join (values ('GB'), ('DE')) as places (country)
where country = 'GB' or hash(sku) % 5 = 0
order by days.day
"""


def rows() -> list[tuple[str, float, float, str]]:
    base = Path(os.environ.get("STOCKENER_SHARED", CHECKOUT.parent / "shared"))
    file = str(base / "data" / "seller_order_lines.parquet")
    if not Path(file).exists():
        return []
    with tempfile.TemporaryDirectory() as folder:
        db = fresh_workspace(Path(folder))
        landing.connections.register(db, [("eu", "EU")])
        lines, order_seconds = _orders(db, file)
        movements, ledger_seconds = _ledger(db, file)
        db.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak_bytes = peak * (1 if sys.platform == "darwin" else 1024)
    return [
        (f"sync: {lines:,} order lines, our side", order_seconds, 20.0, "s"),
        (f"sync: {movements:,} ledger rows, our side", ledger_seconds, 40.0, "s"),
        ("sync: peak memory", peak_bytes / 1e9, 1.0, "GB"),
    ]


def _orders(db: WorkspaceDb, file: str) -> tuple[int, float]:
    first = plan.first_days(NOW, "EU", 725, None, {})
    seller = orders.Seller("EU", landing.orders.secret(db), first)
    known = landing.orders.known(db, 1)
    spent, count = 0.0, 0
    for window in plan.order_windows(plan.start_of(first), NOW, known):
        document = _document(file, LINES, start=window.start, end=window.end)
        began = time.perf_counter()
        found = orders.read(document, seller, window.asked)
        with db.load() as load:
            landing.orders.land(load, 1, found.lines)
            landing.orders.widen(load, 1, window, NOW)
        spent += time.perf_counter() - began
        count += found.lines.num_rows
    began = time.perf_counter()
    with db.load() as load:
        landing.orders.put_in_order(load)
    return count, spent + time.perf_counter() - began


def _ledger(db: WorkspaceDb, file: str) -> tuple[int, float]:
    first = plan.months_before(NOW.date(), plan.MOST_LEDGER_MONTHS)
    spent, count = 0.0, 0
    for days in plan.ledger_blocks(NOW, first, [], []):
        document = _document(file, MOVEMENTS, first=days[0], last=days[1])
        began = time.perf_counter()
        found = ledger.read(document, days, "EU")
        with db.load() as load:
            landing.ledger.land(load, 1, days, found.lines, found.named)
            landing.ledger.widen(load, 1, days)
        spent += time.perf_counter() - began
        count += found.lines.num_rows
    return count, spent


def _document(file: str, sql: str, **params: object) -> Document:
    """Return a document written in a process that is not measured for memory."""
    packed = b"".join(_compressed(file, sql, params))
    return Document.verified(packed, is_gzip=True, fallback="cp1252")


def _compressed(file: str, sql: str, params: dict[str, object]) -> Iterator[bytes]:
    with (
        tempfile.NamedTemporaryFile(suffix=".tsv") as text,
        duckdb.connect(config={"memory_limit": "300MB", "threads": 1}) as direct,
    ):
        answer = direct.execute(sql, {"file": file, **params}).to_arrow_reader(10_000)
        names = "\t".join(answer.schema.names)
        with gzip.open(text.name, "wt", compresslevel=1, encoding="utf-8") as out:
            out.write(names + "\n")
            for batch in answer:
                columns = [column.to_pylist() for column in batch.columns]
                rows = zip(*columns, strict=True)
                out.writelines("\t".join(row) + "\n" for row in rows)
        yield Path(text.name).read_bytes()
