"""What does the ledger summary say of every day, SKU and place?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa

from core.kernel.marketplaces import POOL_BY_CODE, Region
from core.spapi.sandbox.reports.flat_files import Column, FlatFile, Form, clean
from core.spapi.sandbox.reports.headers import LEDGER as HEADER
from core.spapi.sandbox.world.ledger import POOL_OF_COUNTRY, ending
from core.spapi.sandbox.world.model import DISPOSITIONS, Ints, Kind, Stock, World
from core.spapi.sandbox.world.supply import CENTERS

LEDGER = "GET_LEDGER_SUMMARY_VIEW_DATA"
PLACES = ("COUNTRY", "FC")
PERIODS = ("DAILY", "WEEKLY", "MONTHLY")
_FORMS: dict[Region, Form] = {
    "NA": Form(content_type="text/plain; charset=UTF-8"),
    "EU": Form(content_type="text/plain", quoted=True),
    "FE": Form("cp932", "text/plain", quoted=True),
}
_CELLS = 2_000_000


def header(region: Region) -> list[str]:
    """Return the header; its spelling differs by region, as seen at Amazon."""
    if region == "NA":
        return HEADER
    return [*HEADER[:6], *(name.replace(" ", "") for name in HEADER[6:-1])]


@dataclass(frozen=True, slots=True)
class Span:
    """Days of a ledger, both ends included, cut into periods."""

    first: int
    last: int
    period: str
    by_center: bool


def text(world: World, region: Region, pools: Sequence[str], span: Span) -> FlatFile:
    """Return one row per period, place, SKU and disposition that is not empty."""
    stock, form = world.stock, _FORMS[region]
    countries = [c for pool in pools for c in POOL_BY_CODE[pool].countries]
    series = np.flatnonzero(np.isin(stock.country, countries))
    newest = {pool: world.newest_day(pool) for pool in pools}
    until = np.array([newest[POOL_OF_COUNTRY[c]] for c in stock.country[series]], int)
    last = min(span.last, max(newest.values()))
    if not len(series) or last < max(span.first, 0):
        return FlatFile(0, iter(()), form.content_type)
    about, place = _about(world, series, form, by_center=span.by_center)
    store = [pa.scalar("")] if region == "NA" else []

    def chunks() -> Iterator[bytes]:
        yield form.header(header(region))
        for edges in _blocks(world, span, last, len(series)):
            rows, columns = _rows(stock, series, edges, until)
            if not len(rows):
                continue
            labels = pa.array(
                [_label(world.date_of(e), span.period) for e in edges[:-1]]
            )
            which, when = np.divmod(rows, len(edges) - 1)
            taken = pa.array(which)
            front = labels.take(pa.array(when)), about.take(taken)
            yield form.lines([*front, *columns, place.take(taken), *store])

    return FlatFile(1, chunks(), form.content_type)


def days_of(world: World, start: datetime, end: datetime) -> tuple[int, int]:
    """Return the UTC days that [start, end) touches, counted."""
    first = start.astimezone(UTC).date()
    last = (end.astimezone(UTC) - timedelta(seconds=1)).date()
    origin = world.stock.first_day
    return (first - origin).days, (last - origin).days


def _about(
    world: World, series: Ints, form: Form, *, by_center: bool
) -> tuple[pa.Array, pa.Array]:
    goods, stock = world.goods, world.stock
    sku = stock.sku[series]
    country = stock.country[series]
    titles = clean(
        np.where(country == "JP", goods.title("ja")[sku], goods.title("en")[sku]),
        quoted=form.quoted,
    )
    names = [DISPOSITIONS[number] for number in stock.disposition[series]]
    fields = goods.fnsku[sku], goods.asin[sku], goods.sku[sku], titles, names
    between = '"\t"' if form.quoted else "\t"
    about = [between.join(row) for row in zip(*fields, strict=True)]
    place = [CENTERS[c] if by_center else c for c in country]
    return pa.array(about, pa.string()), pa.array(place, pa.string())


def _blocks(world: World, span: Span, last: int, series: int) -> Iterator[list[int]]:
    """Yield the edges of periods, so many at a time that memory stays small."""
    edges = [max(span.first, 0)]
    for day in range(edges[0] + 1, last + 1):
        here = world.date_of(day)
        if (
            span.period == "DAILY"
            or (span.period == "WEEKLY" and here.weekday() == 6)
            or (span.period == "MONTHLY" and here.day == 1)
        ):
            edges.append(day)
    edges.append(last + 1)
    step = max(1, _CELLS // series)
    for at in range(0, len(edges) - 1, step):
        yield edges[at : at + step + 1]


def _rows(
    stock: Stock, series: Ints, edges: Sequence[int], until: Ints
) -> tuple[Ints, list[Column]]:
    """Return which (series, period) have a row, and their figures."""
    low, high = np.searchsorted(stock.day, [edges[0], edges[-1]])
    local = np.full(len(stock.sku), -1)
    local[series] = np.arange(len(series))
    at = local[stock.series[low:high]]
    mine = at >= 0
    periods = len(edges) - 1
    period = np.searchsorted(edges, stock.day[low:high][mine], side="right") - 1
    cell = at[mine] * periods + period
    kind, units = stock.kind[low:high][mine], stock.units[low:high][mine]
    shape = len(series), periods
    size = shape[0] * shape[1]

    def dense(which: Ints) -> Ints:
        found = np.bincount(cell[which], weights=units[which], minlength=size)
        return found.astype(np.int64)

    net = dense(np.ones(len(cell), bool)).reshape(shape)
    close = ending(stock, edges[0] - 1)[series][:, None] + np.cumsum(net, axis=1)
    begin = close - net
    moved = np.bincount(cell, minlength=size).reshape(shape) > 0
    shown = (begin != 0) | (close != 0) | moved
    shown &= np.asarray(edges[:-1])[None, :] <= until[:, None]
    rows = np.flatnonzero(shown)
    kinds = {k: _int_text(dense(kind == k)[rows]) for k in set(kind.tolist())}
    return rows, _figures(kinds, begin.ravel()[rows], close.ravel()[rows])


def _figures(kinds: Mapping[int, Column], begin: Ints, close: Ints) -> list[Column]:
    nothing = pa.scalar("0")
    return [
        _int_text(begin),
        nothing,
        *(kinds.get(int(kind), nothing) for kind in Kind),
        _int_text(close),
        nothing,
    ]


def _int_text(numbers: Ints) -> pa.Array:
    return pa.array(numbers).cast(pa.string())


def _label(day: date, period: str) -> str:
    return f"{day:%m/%Y}" if period == "MONTHLY" else f"{day:%m/%d/%Y}"
