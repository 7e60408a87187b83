"""How long does the stock of each pool last?

Until there is a forecast, the pace is that of the newest 30 days: units that
Amazon fulfilled per day on which the pool had stock.
"""

from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.analytics import inventory
from core.analytics.in_stock import (
    BASIS_DAYS,
    NEVER,
    Listings,
    StockHistory,
    Units,
    column,
    positions,
)
from core.analytics.question import COMMON, Params, Question, sql_beside
from core.database.workspace_db import WorkspaceDb

WINDOW_DAYS = 30
FEW_SKUS = 500
_LAST_DAY = (date.max - date(1970, 1, 1)).days
_ON_HAND = ("fulfillable", "reserved_transfers", "reserved_processing")
_INBOUND = ("inbound_shipped", "inbound_receiving")

Numbers = NDArray[np.float64]
"""Figures; NaN where one is not known."""


def answer(db: WorkspaceDb, params: Params) -> pa.Table:
    """Return one row per SKU and pool that has or had FBA stock."""
    base = db.ask(
        sql_beside(__file__),
        as_of=params.as_of,
        pools=params.pools(),
        **params.of_skus(),
    )
    stock = inventory.with_ids(db, params.everywhere())
    days = db.ask(sql_beside(__file__, "stock_day"), as_of=params.as_of)
    on_hand, inbound, as_of = _position(base, stock, days)
    in_stock, by_stock = _in_stock_days(db, base)
    units = base["units_30d"].to_numpy().astype(float)
    pace = np.divide(
        units, in_stock, out=np.full(len(base), np.nan), where=in_stock > 0
    )
    cover = _per_day(on_hand, pace)
    runs_out = as_of + np.floor(cover)
    runs_out[~(runs_out <= _LAST_DAY)] = np.nan
    nothing = pa.nulls(len(base), pa.date32())
    return pa.table(
        {name: base[name] for name in ("sku", "asin", "title", "pool")}
        | {
            "on_hand": _whole(on_hand),
            "inbound": _whole(inbound),
            "forecast_per_day": _known(pace),
            "days_of_cover": _known(cover),
            "days_of_cover_with_inbound": _known(_per_day(on_hand + inbound, pace)),
            "runs_out_early": nothing,
            "runs_out": _whole(runs_out).cast(pa.int32()).cast(pa.date32()),
            "runs_out_late": nothing,
            "gap_days": pa.nulls(len(base), pa.int64()),
            "as_of": _whole(as_of).cast(pa.int32()).cast(pa.date32()),
            "sales_as_of": base["sales_as_of"],
            "units_30d": base["units_30d"],
            "units_90d": base["units_90d"],
            "in_stock_days_30d": pa.array(in_stock),
            "basis": pa.array(np.where(by_stock, "stock", "calendar"), pa.string()),
        }
    )


QUESTION = Question("coverage", "SKU and pool of stock", COMMON, answer)


def _per_day(units: Numbers, pace: Numbers) -> Numbers:
    """Return for how many days so many units last; NaN when nothing sells."""
    lasting: Numbers = np.divide(
        units, pace, out=np.full(len(units), np.nan), where=pace > 0
    )
    return lasting


def _position(
    base: pa.Table, stock: pa.Table, stock_days: pa.Table
) -> tuple[Numbers, Numbers, Numbers]:
    """Return on hand, inbound and the stock day of every row of the base."""
    keys, known = _keys(base), _keys(stock)
    at = positions(known, keys)
    listed = at < len(known)
    rows = at[listed]
    days, sources = _pools(stock_days)
    pools = column(base, "pool_id")
    as_of = np.array([days.get(pool, np.nan) for pool in pools.tolist()], float)
    sales = _numbers(base, "sales_as_of")
    on_hand = np.where(np.isnan(as_of), np.nan, 0.0)
    is_snapshot = [sources.get(pool) == "snapshot" for pool in pools.tolist()]
    inbound = np.where(np.array(is_snapshot, bool), 0.0, np.nan)
    on_hand[listed] = np.nansum([_numbers(stock, name)[rows] for name in _ON_HAND], 0)
    inbound[listed] = np.sum([_numbers(stock, name)[rows] for name in _INBOUND], 0)
    return on_hand, inbound, np.where(np.isnan(as_of), sales, as_of)


def _pools(stock_days: pa.Table) -> tuple[dict[int, float], dict[int, str]]:
    """Return the stock day and the source of every pool that has one."""
    pools = column(stock_days, "pool_id").tolist()
    days = dict(zip(pools, column(stock_days, "as_of").tolist(), strict=True))
    return days, dict(zip(pools, stock_days["source"].to_pylist(), strict=True))


def _in_stock_days(
    db: WorkspaceDb, base: pa.Table
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return in-stock days of the window, and whether the ledger says so."""
    ends = column(base, "sales_as_of")
    days = np.zeros(len(base), np.int64)
    by_stock = np.zeros(len(base), bool)
    rows = np.flatnonzero(ends != NEVER)
    if not len(rows):
        return days, by_stock
    listings = Listings(
        column(base, "sku_id")[rows],
        column(base, "pool_id")[rows],
        ends[rows],
        column(base, "first_unit_day")[rows],
    )
    skus = sorted(set(listings.sku_id.tolist()))
    few = skus if len(skus) <= FEW_SKUS else None
    first, last = int(ends[rows].min()) - BASIS_DAYS + 1, int(ends[rows].max())
    sold = db.ask(sql_beside(__file__, "pool_units_by_day"), first=first, sku_ids=few)
    units = Units.of(_keys(base)[rows], _keys(sold), sold)
    for part in StockHistory(db, first, last, few).parts(listings, units):
        window = part.axis > listings.as_of[part.rows, None] - WINDOW_DAYS
        days[rows[part.rows]] = (part.in_stock & window).sum(axis=1)
        by_stock[rows[part.rows]] = part.by_stock
    return days, by_stock


def _keys(table: pa.Table) -> NDArray[np.int64]:
    keys: NDArray[np.int64] = column(table, "sku_id") * 256 + column(table, "pool_id")
    return keys


def _numbers(table: pa.Table, name: str) -> Numbers:
    values = column(table, name)
    return np.where(values == NEVER, np.nan, values.astype(float))


def _known(figures: Numbers) -> pa.Array:
    return pa.array(figures, mask=np.isnan(figures))


def _whole(figures: Numbers) -> pa.Array:
    none = np.isnan(figures)
    return pa.array(np.where(none, 0, figures).astype(np.int64), mask=none)
