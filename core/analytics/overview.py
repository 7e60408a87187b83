"""What should the seller know first?"""

from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from core.analytics import coverage, daily
from core.analytics.question import Params, sql_beside
from core.database.workspace_db import WorkspaceDb

WEEKS = 4
"""Over how many weeks the usual figure of a weekday is the mean."""


@dataclass(frozen=True, slots=True)
class Headline:
    """The figures at the top.

    Attributes:
        last_day: The last day that is complete everywhere, None before that.
        units: Units ordered on it.
        usual_units: Mean of the same weekday in the weeks before, or None.
        stock_day: The oldest of the pools' stock days, None without stock.
        listings: SKUs in a pool that have or had FBA stock.
        out_of_stock: Of those, without stock though sold in the 90 days before.
        out_in_14_days: Of those, that have stock for at most 14 days.
        out_in_30_days: Of those, that have stock for at most 30 days.
    """

    last_day: date | None
    units: int
    usual_units: float | None
    stock_day: date | None
    listings: int
    out_of_stock: int
    out_in_14_days: int
    out_in_30_days: int


def headline(db: WorkspaceDb, params: Params | None = None) -> Headline:
    """Return the figures at the top of the overview."""
    asked = params or Params()
    days = daily.units_by_day(db, asked)
    cover = coverage.answer(db, asked)
    units = days["units"].to_pylist()
    weeks = units[-8 : -7 * WEEKS - 2 : -7]
    is_out = pc.and_(pc.equal(cover["on_hand"], 0), pc.greater(cover["units_90d"], 0))
    return Headline(
        last_day=days["day"][-1].as_py() if units else None,
        units=units[-1] if units else 0,
        usual_units=sum(weeks) / WEEKS if len(weeks) == WEEKS else None,
        stock_day=pc.min(cover["as_of"]).as_py(),
        listings=len(cover),
        out_of_stock=_count(is_out),
        out_in_14_days=_lasting(cover, 14),
        out_in_30_days=_lasting(cover, 30),
    )


def freshness(db: WorkspaceDb) -> pa.Table:
    """Return how fresh each dataset is, one row per dataset and connection."""
    return db.ask(sql_beside(__file__, "freshness"))


def _lasting(cover: pa.Table, days: int) -> int:
    """Count those that have stock, but not for longer than so many days."""
    is_short = pc.less_equal(cover["days_of_cover"], days)
    return _count(pc.and_(is_short, pc.greater(cover["on_hand"], 0)))


def _count(flags: pa.ChunkedArray) -> int:
    return pc.sum(flags).as_py() or 0
