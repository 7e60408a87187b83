"""How do names of the catalog get in?"""

from datetime import datetime, timedelta

import pyarrow as pa

from core.database.workspace_db import Load, WorkspaceDb
from core.kernel.marketplaces import Marketplace
from core.sync.landing.statements import statement

STALE = timedelta(days=30)


def missing(
    db: WorkspaceDb, connection: int, place: Marketplace, now: datetime
) -> list[str]:
    """Return the ASINs that a marketplace's SKUs have and that need names."""
    found = db.ask(
        statement("catalog_missing"),
        connection=connection,
        marketplace=place.number,
        stale_before=now - STALE,
    )
    asins: list[str] = found["asin"].to_pylist()
    return asins


def land(load: Load, place: Marketplace, seen_at: datetime, items: pa.Table) -> None:
    """Replace what is known of these ASINs in a marketplace."""
    load.register("incoming", items)
    load.run(
        "insert or replace into catalog_items select asin, $marketplace, title,"
        " brand, product_type, $seen_at from incoming",
        marketplace=place.number,
        seen_at=seen_at,
    )
