"""A workspace, synced from a running sandbox as the product does it."""

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict

import pyarrow as pa

from core.database.workspace_db import WorkspaceDb
from core.kernel.clock import Clock
from core.spapi.auth import Access
from core.spapi.client import Amazon
from core.spapi.limits import Limits
from core.sync.landing.connections import register
from core.sync.run import DatasetResult, Progress, SyncSource, sync
from tests.building.sandbox import SellerLine

LINES = """
select
    lines.order_key, skus.sku, lines.marketplace_id, lines.pool_id, lines.day,
    lines.purchased_at, lines.updated_at, lines.quantity, lines.is_amazon,
    lines.is_counting, lines.order_status, lines.item_status, lines.currency,
    lines.item_price, lines.ship_country, lines.origin
from order_lines as lines
inner join skus on lines.sku_id = skus.sku_id
"""
DAILY = """
select daily.* exclude (sku_id), skus.sku
from daily inner join skus on daily.sku_id = skus.sku_id
"""
MULTICHANNEL = """
select days.* exclude (sku_id), skus.sku
from daily_multichannel as days inner join skus on days.sku_id = skus.sku_id
"""
STOCK_DAYS = """
select stock_days.* exclude (sku_id), skus.sku
from stock_days inner join skus on stock_days.sku_id = skus.sku_id
"""
LEDGER = """
select ledger.* exclude (sku_id), skus.sku
from ledger inner join skus on ledger.sku_id = skus.sku_id
"""
COMPLETE = "select * from complete_days"
STOCK_COVER = "select * from stock_covered_days"
FIGURES = {
    "order_lines": LINES,
    "daily": DAILY,
    "daily_multichannel": MULTICHANNEL,
    "stock_days": STOCK_DAYS,
    "ledger": LEDGER,
    "complete_days": COMPLETE,
    "stock_covered_days": STOCK_COVER,
}


@contextmanager
def amazon_of(
    line: SellerLine, clock: Clock, stop: threading.Event | None = None
) -> Iterator[Amazon]:
    amazon = Amazon(
        Access(**asdict(line)), clock=clock, limits=Limits(clock), stop=stop
    )
    try:
        yield amazon
    finally:
        amazon.close()


def sync_all(
    db: WorkspaceDb,
    lines: Iterable[SellerLine],
    clock: Clock,
    *,
    datasets: Sequence[str] | None = None,
    since: int | None = None,
    retention: int | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> list[DatasetResult]:
    """Sync every connection, one after the other; return all results."""
    lines = list(lines)
    register(db, [(line.region.lower(), line.region) for line in lines])
    results = []
    for line in lines:
        source = SyncSource(line.region.lower(), line.region, retention)
        with amazon_of(line, clock) as amazon:
            results += sync(
                db, source, amazon, datasets=datasets, since=since, progress=progress
            )
    return results


def hashes(db: WorkspaceDb, tables: Iterable[str] = FIGURES) -> dict[str, str]:
    """Return what tells whether the rows of tables are the same, in any order."""
    return {name: _hash(db, FIGURES[name]) for name in tables}


def _hash(db: WorkspaceDb, sql: str) -> str:
    sums = db.ask(
        f"select count(*) as n, sum(hash(rows)::hugeint)::varchar as total,"
        f" bit_xor(hash(rows))::varchar as mixed from ({sql}) as rows"
    )
    return hashlib.sha256(str(sums.to_pylist()).encode()).hexdigest()


def rows_of(db: WorkspaceDb, sql: str, **params: object) -> list[tuple[object, ...]]:
    """Return an answer as tuples."""
    table: pa.Table = db.ask(sql, **params)
    return [tuple(row.values()) for row in table.to_pylist()]
