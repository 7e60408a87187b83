"""How does a column of text become numbers, money or instants, and what is bad?

Amazon's flat files are text. A column is converted at once; only when one of
its values cannot be converted are its distinct values tried one by one.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.kernel.errors import Issue
from core.sync.cover import ONE_DAY, local_midnight

INSTANT = pa.timestamp("us", "UTC")
MONEY = pa.decimal128(18, 2)
MOST_ISSUES = 50


def text(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return a column as plain trimmed strings, null where there is nothing."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    plain = pc.utf8_trim_whitespace(column.cast(pa.string()))
    return pc.if_else(pc.equal(plain, ""), None, plain)


def converted(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return a column of another type; what cannot be converted is null."""
    try:
        return pc.cast(column, kind)
    except pa.ArrowInvalid:
        return mapped(column, lambda value: _one(value, kind), kind)


def _one(value: str, kind: pa.DataType) -> Any:
    try:
        return pc.cast(pa.scalar(value), kind).as_py()
    except pa.ArrowInvalid:
        return None


def mapped(
    column: pa.Array, function: Callable[[str], Any], kind: pa.DataType
) -> pa.Array:
    """Return a column with each distinct value replaced, nulls kept."""
    encoded = pc.dictionary_encode(column)
    values = [function(value) for value in encoded.dictionary.to_pylist()]
    return pa.array(values, kind).take(encoded.indices)


def dictionary(column: pa.Array) -> pa.Array:
    """Return a column that holds each distinct text only once."""
    return pc.dictionary_encode(column)


def local_days(instants: pa.Array, time_zone: str) -> pa.Array:
    """Return the local day of each instant."""
    first, last = _edges(instants)
    midnights, day = [], first
    while day <= last:
        midnights.append(local_midnight(day, time_zone).replace(tzinfo=None))
        day += ONE_DAY
    edges = np.array(midnights, "datetime64[us]")
    values = pc.fill_null(instants, datetime.combine(first, datetime.min.time()))
    numbers = values.to_numpy(zero_copy_only=False).astype("datetime64[us]")
    offsets = np.searchsorted(edges, numbers, side="right") - 1
    days = np.datetime64(first, "D") + offsets.astype("timedelta64[D]")
    return pa.array(days, pa.date32(), mask=np.asarray(instants.is_null()))


def _edges(instants: pa.Array) -> tuple[date, date]:
    both = pc.min_max(instants)
    if not both["min"].is_valid:
        return date(1970, 1, 1), date(1970, 1, 1)
    return both["min"].as_py().date() - ONE_DAY, both["max"].as_py().date() + ONE_DAY


class Findings:
    """Bad values found while a batch becomes a table.

    Args:
        source: Where the batch came from, in words.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.rows_before = 0
        self.issues: list[Issue] = []
        self._counts: dict[tuple[str, str], int] = {}

    def add_line(self, reason: str) -> None:
        """Note a line that does not fit its header; its text is not kept."""
        hint = "The line is left out."
        self.issues.append(Issue(self.source, None, "", reason, hint))

    def add(self, bad: pa.Array, column: str, message: str, hint: str) -> None:
        """Note the rows of a mask as issues, a few of each kind by number."""
        rows = pc.indices_nonzero(pc.fill_null(bad, False)).to_pylist()  # noqa: FBT003
        seen = self._counts.get((column, message), 0)
        for row in rows[: max(0, MOST_ISSUES - seen)]:
            number = self.rows_before + row + 1
            self.issues.append(Issue(self.source, number, column, message, hint))
        self._counts[column, message] = seen + len(rows)
