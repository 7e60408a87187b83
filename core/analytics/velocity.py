"""How fast does each SKU sell in each marketplace, and how fast at its peak?

`velocity.sql` counts units; in-stock days, velocities and the peak week follow
here from the definition in `in_stock`. The answer as of the last complete
days is kept in `sku_metrics`, filled by this same computation.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.analytics.in_stock import (
    Days,
    Listings,
    Part,
    StockHistory,
    Units,
    column,
)
from core.analytics.question import COMMON, Params, Question, sql_beside
from core.database.workspace_db import WorkspaceDb

WINDOWS = (7, 14, 30, 60, 90)
PEAK_REACH_DAYS = 365
PEAK_DAYS = 7
PEAK_LEAST_IN_STOCK = 4
FEW_SKUS = 500
"""Up to so many SKUs are looked up one by one, more by reading everything."""

_IDS = ("sku_id", "marketplace_id")
_NAMES = ("sku", "asin", "title", "marketplace")


def answer(db: WorkspaceDb, params: Params) -> pa.Table:
    """Return one row per SKU and marketplace with a counting line."""
    if params.as_of is None and is_kept(db):
        return db.ask(sql_beside(__file__, "velocity_kept"), **_choice(params))
    return _computed(db, params).drop_columns(list(_IDS))


def is_kept(db: WorkspaceDb) -> bool:
    """Tell whether `sku_metrics` is of exactly the figures now in the file."""
    kept = db.ask(
        "select count(*) as n from meta as kept join meta as now using (value)"
        " where kept.name = 'metrics_version' and now.name = 'version'"
    )
    return bool(kept["n"][0].as_py())


def refresh_metrics(db: WorkspaceDb) -> None:
    """Keep the answer as of the last complete days, in one load."""
    with db.load() as load:  # alone: nobody else writes what is read here
        found = _computed(db, Params()).drop_columns(list(_NAMES))
        load.run("delete from sku_metrics")
        load.register("found", found)
        load.run("insert into sku_metrics by name select * from found")
        load.run(
            "insert or replace into meta values ('metrics_version', $version)",
            version=load.version,
        )


QUESTION = Question("velocity", "SKU and marketplace", COMMON, answer)


def _choice(params: Params) -> dict[str, object]:
    return {"marketplaces": params.marketplaces(), **params.of_skus()}


def listings(db: WorkspaceDb, params: Params) -> tuple[pa.Table, Listings]:
    """Return what every listing sold, and the listings, in the same order."""
    sold = db.ask(sql_beside(__file__), as_of=params.as_of, **_choice(params))
    names = ("sku_id", "pool_id", "as_of", "first_sale_day")
    return sold, Listings(*(column(sold, name) for name in names))


def history(
    db: WorkspaceDb, sold: pa.Table, some: Listings, first: int
) -> tuple[StockHistory, Units]:
    """Return stock and units of listings by day, from the first day on."""
    skus = sorted(set(some.sku_id.tolist()))
    few = skus if len(skus) <= FEW_SKUS else None
    days = db.ask(sql_beside(__file__, "units_by_day"), first=first, sku_ids=few)
    stock = StockHistory(db, first, int(some.as_of.max()), few)
    return stock, Units.of(_keys(sold), _keys(days), days)


def _computed(db: WorkspaceDb, params: Params) -> pa.Table:
    sold, found = listings(db, params)
    pace = _Pace(len(found))
    if len(found):
        first = int(found.as_of.min()) - PEAK_REACH_DAYS + 1
        stock, units = history(db, sold, found, first)
        for part in stock.parts(found, units):
            pace.add(part, found.as_of[part.rows])
    return _with_pace(sold, pace)


def _keys(table: pa.Table) -> NDArray[np.int64]:
    keys: NDArray[np.int64] = column(table, "sku_id") * 256
    return keys + column(table, "marketplace_id")


@dataclass(slots=True)
class _Peak:
    """The best week of some listings, NaN where no week has enough days."""

    velocity: NDArray[np.float64]
    first_day: Days


class _Pace:
    """In-stock days, basis and peak of every listing, filled part by part."""

    def __init__(self, size: int) -> None:
        self.in_stock = {days: np.zeros(size, np.int32) for days in WINDOWS}
        self.uncovered = np.zeros(size, np.int32)
        self.by_stock = np.zeros(size, bool)
        self.first_day = np.zeros(size, np.int64)
        self.peak = np.full(size, np.nan)
        self.peak_from = np.zeros(size, np.int64)

    def add(self, part: Part, as_of: Days) -> None:
        """Take the figures of some listings."""
        rows, days = part.rows, _sums(part.in_stock)
        end = as_of - part.axis[0] + 1
        at = np.arange(len(as_of))
        for window, found in self.in_stock.items():
            found[rows] = days[at, end] - days[at, end - window]
        gaps = _sums(part.uncovered)
        self.uncovered[rows] = gaps[at, end] - gaps[at, end - max(WINDOWS)]
        self.by_stock[rows], self.first_day[rows] = part.by_stock, part.first_day
        peak = _peak(part, days, as_of)
        self.peak[rows], self.peak_from[rows] = peak.velocity, peak.first_day


def _sums(matrix: NDArray[np.generic]) -> NDArray[np.int32]:
    """Return running sums along the days; position n is before day n."""
    sums = np.zeros((matrix.shape[0], matrix.shape[1] + 1), np.int32)
    np.cumsum(matrix, axis=1, out=sums[:, 1:], dtype=np.int32)
    return sums


def _peak(part: Part, days: NDArray[np.int32], as_of: Days) -> _Peak:
    """Return the first of the weeks with the most units per in-stock day."""
    units = _sums(part.units)
    in_stock = days[:, PEAK_DAYS:] - days[:, :-PEAK_DAYS]
    sold = units[:, PEAK_DAYS:] - units[:, :-PEAK_DAYS]
    begins = part.axis[: in_stock.shape[1]]
    enough = in_stock >= PEAK_LEAST_IN_STOCK
    enough &= begins > (as_of - PEAK_REACH_DAYS)[:, None]
    enough &= begins <= (as_of - PEAK_DAYS + 1)[:, None]
    pace = np.full(in_stock.shape, -1.0)
    np.divide(sold, in_stock, out=pace, where=enough)
    best = pace.argmax(axis=1)
    found = pace[np.arange(len(best)), best]
    return _Peak(np.where(found < 0, np.nan, found), begins[best])


def _with_pace(base: pa.Table, pace: _Pace) -> pa.Table:
    """Return the answer: what was sold, and what follows from the days."""
    found = {
        name: base[name]
        for name in (*_NAMES, "as_of", *(f"units_{days}d" for days in WINDOWS))
    }
    for days, in_stock in pace.in_stock.items():
        units = base[f"units_{days}d"].to_numpy()
        ratio = np.divide(units, in_stock, out=np.zeros(len(base)), where=in_stock > 0)
        found[f"velocity_{days}d"] = pa.array(ratio, mask=in_stock == 0)
    for days, in_stock in pace.in_stock.items():
        found[f"in_stock_days_{days}d"] = pa.array(in_stock)
    found["uncovered_days_90d"] = pa.array(pace.uncovered)
    found["basis"] = pa.array(np.where(pace.by_stock, "stock", "calendar"), pa.string())
    none = np.isnan(pace.peak)
    found["peak_velocity"] = pa.array(pace.peak, mask=none)
    found["peak_from"] = _days(pace.peak_from, none)
    found["peak_to"] = _days(pace.peak_from + PEAK_DAYS - 1, none)
    found["first_day"] = _days(pace.first_day)
    found["last_sale_day"] = base["last_sale_day"]
    return pa.table(found | {name: base[name] for name in _IDS})


def _days(numbers: Days, none: NDArray[np.bool_] | None = None) -> pa.Array:
    return pa.array(numbers.astype(np.int32), mask=none).cast(pa.date32())
