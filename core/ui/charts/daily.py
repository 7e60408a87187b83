"""How many units sell, day by day?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import plotly.graph_objects as go
import pyarrow as pa

from core.ui import texts
from core.ui.charts import palette
from core.ui.charts.figure import Chart, empty

FADED = 0.13
MOST_GAPS = 60
"""More shaded stretches than this are noise; the longest ones are kept."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The best week of a SKU, in one marketplace."""

    marketplace: str
    per_day: float
    first: date
    last: date

    @classmethod
    def of(cls, velocity: pa.Table) -> "Peak | None":
        """Return the best of the weeks in an answer to `velocity`, if any."""
        rows = [row for row in velocity.to_pylist() if row["peak_velocity"]]
        best = max(rows, key=lambda row: row["peak_velocity"], default=None)
        if best is None:
            return None
        names = ("marketplace", "peak_velocity", "peak_from", "peak_to")
        return cls(*(best[name] for name in names))


def daily_units(days: pa.Table, *, mean: str, peak: Peak | None = None) -> Chart:
    """Draw units per day, their mean, days out of stock and the peak week.

    Args:
        days: One row per day, in order: day, units, `mean` (null where there
            is none yet) and, where it is about one SKU, in_stock.
        mean: The column of the rolling mean, such as `mean_28d`.
        peak: The week to be marked.
    """
    day, units = days["day"].to_pylist(), days["units"].to_pylist()
    window = mean.removeprefix("mean_").removesuffix("d")
    figure = empty(330)
    figure.add_bar(
        x=day,
        y=units,
        name="Units",
        marker_color=palette.SALES,
        opacity=0.45,
        hovertemplate="%{y:,} units<extra></extra>",
    )
    figure.add_scatter(
        x=day,
        y=days[mean].to_pylist(),
        name=f"Mean of {window} days",
        mode="lines",
        line={"color": palette.AVERAGE, "width": 2.2},
        hovertemplate="%{y:,.1f} a day<extra></extra>",
    )
    gaps = _gaps(days) if "in_stock" in days.column_names else []
    _shade(figure, gaps)
    if peak is not None:
        _mark(figure, peak)
    figure.update_layout(bargap=0.1, hovermode="x unified")
    figure.update_xaxes(hoverformat="%a %-d %b %Y", tickformat="%-d %b\n%Y")
    figure.update_yaxes(rangemode="tozero", title_text="Units a day")
    return Chart(figure, _daily_words(day, units, gaps, peak))


def _gaps(days: pa.Table) -> list[tuple[date, date]]:
    """Return the stretches of days out of stock, the longest if too many."""
    found = list(_stretches(days["day"].to_pylist(), days["in_stock"].to_pylist()))
    found.sort(key=lambda gap: gap[0] - gap[1])
    return sorted(found[:MOST_GAPS])


def _stretches(
    days: Sequence[date], in_stock: Sequence[bool | None]
) -> Iterator[tuple[date, date]]:
    first = None
    for index, there in enumerate(in_stock):
        is_out = there is not None and not there
        if is_out and first is None:
            first = days[index]
        elif not is_out and first is not None:
            yield first, days[index - 1]
            first = None
    if first is not None:
        yield first, days[-1]


def _shade(figure: go.Figure, gaps: list[tuple[date, date]]) -> None:
    figure.update_layout(
        shapes=[
            {
                "type": "rect",
                "xref": "x",
                "yref": "paper",
                "x0": _midnight(first),
                "x1": _midnight(last + timedelta(days=1)),
                "y0": 0,
                "y1": 1,
                "layer": "below",
                "line_width": 0,
                "fillcolor": palette.MAGENTA,
                "opacity": FADED,
            }
            for first, last in gaps
        ]
    )
    if gaps:
        figure.add_scatter(
            x=[None],
            y=[None],
            name="Out of stock",
            mode="markers",
            marker={
                "symbol": "square",
                "size": 12,
                "color": palette.MAGENTA,
                "opacity": 0.35,
            },
        )


def _midnight(day: date) -> str:
    """Return where a day's column begins: bars stand around their midnight."""
    return f"{day - timedelta(days=1)}T12:00:00"


def _mark(figure: go.Figure, peak: Peak) -> None:
    figure.add_scatter(
        x=[_midnight(peak.first), _midnight(peak.last + timedelta(days=1))],
        y=[peak.per_day, peak.per_day],
        name=f"Peak week, {peak.marketplace}",
        mode="lines",
        line={"color": palette.PEAK, "width": 4},
        hovertemplate=f"Peak week: {peak.per_day:,.1f} a day<extra></extra>",
    )


def _daily_words(
    day: list[date],
    units: list[int],
    gaps: list[tuple[date, date]],
    peak: Peak | None,
) -> str:
    if not day:
        return "No day to show yet."
    sold, span = sum(units), f"{texts.day(day[0])} to {texts.day(day[-1])}"
    words = [f"{sold:,} units from {span}, {sold / len(units):,.1f} a day."]
    if gaps:
        out = sum((last - first).days + 1 for first, last in gaps)
        words.append(f"Out of stock on {texts.count(out, 'day')}.")
    if peak is not None:
        words.append(
            f"Best week in {peak.marketplace}: {texts.day(peak.first)} to"
            f" {texts.day(peak.last)}, {peak.per_day:,.1f} a day."
        )
    return " ".join(words)
