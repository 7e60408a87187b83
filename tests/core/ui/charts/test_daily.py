"""Does the chart of daily units show what was asked?"""

from datetime import date, timedelta

import pyarrow as pa

from core.ui.charts import daily
from core.ui.charts.figure import Chart

FIRST = date(2026, 1, 1)


def days(units: list[int], in_stock: list[bool | None] | None = None) -> pa.Table:
    columns = {
        "day": [FIRST + timedelta(days=n) for n in range(len(units))],
        "units": units,
        "mean_28d": [None, *([2.0] * (len(units) - 1))],
    }
    if in_stock is not None:
        columns["in_stock"] = in_stock
    return pa.table(columns)


def names(chart: Chart) -> list[str]:
    return [trace.name for trace in chart.figure.data]


def test_units_are_bars_and_their_mean_is_a_line() -> None:
    chart = daily.daily_units(days([1, 2, 3]), mean="mean_28d")
    assert names(chart) == ["Units", "Mean of 28 days"]
    assert list(chart.figure.data[0].y) == [1, 2, 3]
    assert chart.summary == ("6 units from 1 Jan 2026 to 3 Jan 2026, 2.0 a day.")


def test_days_out_of_stock_are_shaded_as_stretches() -> None:
    known = days([1, 0, 0, 4, 0], [True, False, False, True, False])
    chart = daily.daily_units(known, mean="mean_28d")
    shapes = chart.figure.layout.shapes
    assert [(shape.x0, shape.x1) for shape in shapes] == [
        ("2026-01-01T12:00:00", "2026-01-03T12:00:00"),
        ("2026-01-04T12:00:00", "2026-01-05T12:00:00"),
    ]
    assert "Out of stock" in names(chart)
    assert "Out of stock on 3 days." in chart.summary


def test_a_day_whose_stock_is_unknown_is_not_shaded() -> None:
    chart = daily.daily_units(days([0, 0], [None, True]), mean="mean_28d")
    assert not chart.figure.layout.shapes


def test_the_peak_week_is_marked_and_said() -> None:
    peak = daily.Peak("DE", 4.5, date(2026, 1, 1), date(2026, 1, 7))
    chart = daily.daily_units(days([4] * 7), mean="mean_28d", peak=peak)
    assert "Peak week, DE" in names(chart)
    assert "Best week in DE: 1 Jan 2026 to 7 Jan 2026, 4.5 a day." in chart.summary


def test_only_the_longest_gaps_are_shaded_when_there_are_too_many() -> None:
    flags = [False, True] * 100 + [False, False]
    chart = daily.daily_units(days([0] * len(flags), flags), mean="mean_28d")
    assert len(chart.figure.layout.shapes) == daily.MOST_GAPS
    assert chart.figure.layout.shapes[-1].x1 == "2026-07-21T12:00:00"


def test_no_day_is_said_to_be_none() -> None:
    empty = days([1]).slice(0, 0)
    assert daily.daily_units(empty, mean="mean_28d").summary == ("No day to show yet.")


def test_the_best_of_several_marketplaces_is_the_peak() -> None:
    rows = [
        {"marketplace": "DE", "peak_velocity": 2.0, "peak_from": FIRST},
        {"marketplace": "UK", "peak_velocity": 3.0, "peak_from": FIRST},
        {"marketplace": "FR", "peak_velocity": None, "peak_from": None},
    ]
    answer = pa.Table.from_pylist([row | {"peak_to": FIRST} for row in rows])
    assert daily.Peak.of(answer) == daily.Peak("UK", 3.0, FIRST, FIRST)
    assert daily.Peak.of(answer.slice(2)) is None
