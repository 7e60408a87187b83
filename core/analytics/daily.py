"""What was ordered on each day?"""

import numpy as np
import pyarrow as pa

from core.analytics import velocity
from core.analytics.in_stock import column
from core.analytics.question import COMMON, Params, Question, sql_beside
from core.database.workspace_db import WorkspaceDb


def answer(db: WorkspaceDb, params: Params) -> pa.Table:
    """Return one row per SKU, marketplace and day with a counting line."""
    return db.ask(sql_beside(__file__), **_choice(params))


def stream(db: WorkspaceDb, params: Params) -> pa.RecordBatchReader:
    """Return the same, batch by batch."""
    return db.stream(sql_beside(__file__), **_choice(params))


QUESTION = Question(
    "daily",
    "SKU, marketplace and day with a counting line",
    (*COMMON, "since", "until"),
    answer,
    stream,
)


def units_by_day(db: WorkspaceDb, params: Params) -> pa.Table:
    """Return one row per day, days without units among them: units and means."""
    return db.ask(sql_beside(__file__, "series"), **_choice(params))


def series(db: WorkspaceDb, params: Params) -> pa.Table:
    """Return the same with stock, for charts.

    Beside the columns of `series.sql`: in_stock_share, the share of listings
    (SKU and marketplace) in stock among those that count that day, null when
    none does; in_stock, whether one of them is.
    """
    days = units_by_day(db, params)
    sold, listings = velocity.listings(db, params)
    counts, in_stock = np.zeros((2, len(days)), np.int64)
    if len(days) and len(listings):
        wanted = column(days, "day")
        history, units = velocity.history(db, sold, listings, int(wanted[0]))
        for part in history.parts(listings, units):
            at = np.flatnonzero(np.isin(part.axis, wanted))
            seen = np.isin(wanted, part.axis)
            counts[seen] += part.counts[:, at].sum(axis=0)
            in_stock[seen] += part.in_stock[:, at].sum(axis=0)
    none = counts == 0
    share = np.divide(in_stock, counts, out=np.zeros(len(days)), where=~none)
    return days.append_column(
        "in_stock_share", pa.array(share, mask=none)
    ).append_column("in_stock", pa.array(share > 0, mask=none))


def _choice(params: Params) -> dict[str, object]:
    return {
        "as_of": params.as_of,
        "since": params.since,
        "until": params.until,
        "marketplaces": params.marketplaces(),
        **params.of_skus(),
    }
