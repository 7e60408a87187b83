"""On which days was a SKU in stock?

The definition that velocity, coverage and the charts share, as matrices of
listings by days. A listing is a SKU in a marketplace, or in a whole pool.

A day is in stock when the ledger shows a sellable balance above 0, when no
load covers it, or when a unit was ordered; days before the first balance and
the first unit do not count. Without any ledger near by every day since the
first unit counts: the basis is then the calendar. What never sold there has
only the ledger.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.analytics.question import sql_beside
from core.database.workspace_db import WorkspaceDb

Days = NDArray[np.int64]
"""Days as numbers since 1970-01-01."""
Flags = NDArray[np.bool_]

NEVER = 4_000_000
"""A day that does not come (the year 12921)."""
BASIS_DAYS = 90
"""The ledger must cover one of so many days to be the basis."""
AT_ONCE = 2048
"""Listings per matrix: small enough for the processor's cache."""

_POOLS = 256


@dataclass(frozen=True, slots=True)
class Listings:
    """What is asked about, as arrays of one length.

    Attributes:
        sku_id: Our number of the SKU.
        pool_id: Whose stock it draws; 0 where there is none: the calendar.
        as_of: The last day that counts.
        first_unit: The day of the first counting unit, or `NEVER`.
    """

    sku_id: NDArray[np.int64]
    pool_id: NDArray[np.int64]
    as_of: Days
    first_unit: Days

    def __len__(self) -> int:
        return len(self.sku_id)

    def part(self, rows: slice) -> "Listings":
        """Return some of the listings."""
        return Listings(
            self.sku_id[rows],
            self.pool_id[rows],
            self.as_of[rows],
            self.first_unit[rows],
        )


@dataclass(frozen=True, slots=True)
class Units:
    """Units sold by listing and day, as arrays sorted by listing.

    Attributes:
        listing: Position in the `Listings`.
        day: When.
        units: How many.
    """

    listing: NDArray[np.int64]
    day: Days
    units: NDArray[np.int64]

    @classmethod
    def of(
        cls, known: NDArray[np.int64], keys: NDArray[np.int64], sold: pa.Table
    ) -> "Units":
        """Return what was sold of the listings, whose keys ascend."""
        at = positions(known, keys)
        order = np.argsort(at, kind="stable")[: int((at < len(known)).sum())]
        days, units = column(sold, "day")[order], column(sold, "units")[order]
        return cls(at[order], days, units)

    def matrix(self, first: int, last: int, axis: Days) -> NDArray[np.int64]:
        """Return units of the listings from first to before last, by day."""
        low, high = np.searchsorted(self.listing, [first, last])
        rows, days = self.listing[low:high] - first, self.day[low:high] - axis[0]
        seen = (days >= 0) & (days < len(axis))
        dense = np.zeros((last - first, len(axis)), dtype=np.int64)
        np.add.at(dense, (rows[seen], days[seen]), self.units[low:high][seen])
        return dense


@dataclass(frozen=True, slots=True)
class Part:
    """Some listings by day.

    Attributes:
        rows: Which of the listings.
        axis: The days, one after the other.
        units: Units sold, listing by day.
        in_stock: Whether the day counts as in stock, listing by day.
        counts: Whether the day counts at all, listing by day.
        uncovered: Days that no load covers, listing by day.
        by_stock: Whether the basis is the ledger, by listing.
        first_day: The first day that counts, by listing.
    """

    rows: slice
    axis: Days
    units: NDArray[np.int64]
    in_stock: Flags
    counts: Flags
    uncovered: Flags
    by_stock: Flags
    first_day: Days


class StockHistory:
    """The ledger's days of every SKU and pool, as matrices.

    Args:
        db: The workspace.
        first: The first day needed.
        last: The last day needed.
        sku_ids: Only these SKUs, None for all.
    """

    def __init__(
        self, db: WorkspaceDb, first: int, last: int, sku_ids: list[int] | None
    ) -> None:
        reach = min(first, last - BASIS_DAYS + 1)
        self.axis = np.arange(reach, last + 1, dtype=np.int64)
        starts = db.ask(sql_beside(__file__, "first_stock"), sku_ids=sku_ids)
        self._keys = column(starts, "sku_id") * _POOLS + column(starts, "pool_id")
        self._first_stock = np.append(column(starts, "first_day"), NEVER)
        self._stocked = np.zeros((len(self._keys) + 1, len(self.axis)), dtype=bool)
        days = db.ask(
            sql_beside(__file__), first=reach, last=int(last), sku_ids=sku_ids
        )
        keys = column(days, "sku_id") * _POOLS + column(days, "pool_id")
        self._stocked[self._row(keys), column(days, "day") - reach] = True
        self._covered = np.zeros((_POOLS, len(self.axis)), dtype=bool)
        cover = db.ask(sql_beside(__file__, "covered_days"))
        for pool_id, start, end in zip(
            *(column(cover, name) for name in cover.column_names), strict=True
        ):
            low, high = max(start - reach, 0), max(end - reach + 1, 0)
            self._covered[pool_id, low:high] = True

    def parts(self, listings: Listings, units: Units) -> Iterator[Part]:
        """Return the listings by day, some at a time, in their order."""
        for start in range(0, len(listings), AT_ONCE):
            rows = slice(start, min(start + AT_ONCE, len(listings)))
            dense = units.matrix(rows.start, rows.stop, self.axis)
            yield self._part(listings.part(rows), rows, dense)

    def _part(self, some: Listings, rows: slice, units: NDArray[np.int64]) -> Part:
        at = self._row(some.sku_id * _POOLS + some.pool_id)
        as_of, first_stock = some.as_of[:, None], self._first_stock[at]
        covered = self._covered[some.pool_id]
        recent = (self.axis <= as_of) & (self.axis > as_of - BASIS_DAYS)
        near = (covered & recent).any(axis=1) | (some.first_unit == NEVER)
        by_stock = near & (first_stock <= some.as_of)
        first_day = np.where(
            by_stock, np.minimum(first_stock, some.first_unit), some.first_unit
        )
        counts = (self.axis >= first_day[:, None]) & (self.axis <= as_of)
        in_stock = self._stocked[at] | ~covered | (units > 0) | ~by_stock[:, None]
        return Part(
            rows,
            self.axis,
            np.where(self.axis <= as_of, units, 0),
            in_stock & counts,
            counts,
            counts & ~covered & by_stock[:, None],
            by_stock,
            first_day,
        )

    def _row(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where each key's days are; the last row is that of no stock."""
        return positions(self._keys, keys)


def positions(known: NDArray[np.int64], keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each key is among the known ones, their number if nowhere."""
    if not len(known):
        return np.zeros(len(keys), np.int64)
    table = np.full(int(known.max()) + 2, len(known), np.int64)
    table[known] = np.arange(len(known))
    return table[np.minimum(keys, len(table) - 1)]


def column(table: pa.Table, name: str) -> NDArray[np.int64]:
    """Return a column of whole numbers or days as numbers, null as `NEVER`."""
    values = table[name]
    if pa.types.is_date(values.type):
        values = values.cast(pa.int32())
    filled = values.cast(pa.int64()).fill_null(NEVER)
    return np.asarray(filled.to_numpy())
