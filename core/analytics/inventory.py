"""What is at Amazon, and in which state?"""

import pyarrow as pa

from core.analytics.question import COMMON, Params, Question, sql_beside
from core.database.workspace_db import WorkspaceDb

_IDS = ("sku_id", "pool_id")

STATES = (
    "fulfillable",
    "reserved_customer_orders",
    "reserved_transfers",
    "reserved_processing",
    "inbound_working",
    "inbound_shipped",
    "inbound_receiving",
    "unfulfillable",
    "researching",
)
"""The states that a unit can be in; each unit is in one."""


def answer(db: WorkspaceDb, params: Params) -> pa.Table:
    """Return one row per SKU and pool of stock."""
    return with_ids(db, params).drop_columns(list(_IDS))


def with_ids(db: WorkspaceDb, params: Params) -> pa.Table:
    """Return the same with our numbers of SKU and pool, in their order."""
    return db.ask(
        sql_beside(__file__),
        as_of=params.as_of,
        pools=params.pools(),
        **params.of_skus(),
    )


def by_state(db: WorkspaceDb, params: Params | None = None) -> pa.Table:
    """Return one row per pool and state: pool, state, units, as_of."""
    found = answer(db, params or Params())
    totals = found.group_by(["pool", "as_of"], use_threads=False).aggregate(
        [(state, "sum") for state in STATES]
    )
    return pa.concat_tables(
        pa.table(
            {
                "pool": totals["pool"],
                "state": pa.array([state] * len(totals), pa.string()),
                "units": totals[f"{state}_sum"].cast(pa.int64()),
                "as_of": totals["as_of"],
            }
        )
        for state in STATES
    )


QUESTION = Question("inventory", "SKU and pool of stock", COMMON, answer)
