"""How long does the stock last?"""

from typing import Any

import pyarrow as pa

from core.ui import texts
from core.ui.charts import palette
from core.ui.charts.figure import Chart, as_rows, empty, rows_height


def runway_classes(coverage: pa.Table) -> Chart:
    """Draw how many SKUs have how much cover, one bar per class.

    Args:
        coverage: The answer to `coverage`.
    """
    found = [
        palette.runway(on_hand, days)
        for on_hand, days in zip(
            coverage["on_hand"].to_pylist(),
            coverage["days_of_cover"].to_pylist(),
            strict=True,
        )
    ]
    sizes = [sum(1 for one in found if one is known) for known in palette.RUNWAYS]
    labels = [known.label for known in palette.RUNWAYS]
    figure = empty(rows_height(len(labels)))
    figure.add_bar(
        y=labels,
        x=sizes,
        orientation="h",
        marker_color=[known.color for known in palette.RUNWAYS],
        text=[f"{size:,}" for size in sizes],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x:,}<extra></extra>",
    )
    as_rows(figure, "SKUs in a pool")
    figure.update_layout(margin_t=8)
    idle = sum(1 for one in found if one is None)
    said = ", ".join(
        f"{label.lower()}: {size:,}" for label, size in zip(labels, sizes, strict=True)
    )
    rest = f" {idle:,} have stock and sold nothing." if idle else ""
    return Chart(figure, f"SKUs by days of cover, per pool – {said}.{rest}")


def runways(coverage: pa.Table, *, most: int = 20) -> Chart:
    """Draw days of cover of the SKUs that run out first, soonest on top.

    Args:
        coverage: The answer to `coverage`, in any order.
        most: How many bars there may be.
    """
    rows = [
        row
        for row in coverage.to_pylist()
        if row["on_hand"] and row["days_of_cover"] is not None
    ]
    rows = sorted(rows, key=lambda row: (row["days_of_cover"], row["sku"]))[:most]
    figure = empty(rows_height(len(rows)))
    for known in palette.RUNWAYS[1:]:
        chosen = [
            row
            for row in rows
            if palette.runway(row["on_hand"], row["days_of_cover"]) is known
        ]
        if chosen:
            figure.add_bar(**_runway_bars(chosen, known))
    as_rows(figure, "Days of cover")
    figure.update_layout(showlegend=True)
    figure.update_yaxes(
        categoryorder="array", categoryarray=[_sku_in_pool(row) for row in rows]
    )
    if not rows:
        return Chart(figure, "No SKU with stock is selling.")
    first = rows[0]
    return Chart(
        figure,
        f"{first['sku']} in {first['pool']} runs out first:"
        f" {texts.count(first['on_hand'], 'unit')}, enough for"
        f" {texts.count(round(first['days_of_cover']), 'day')}, until"
        f" {texts.day(first['runs_out'])}.",
    )


def _sku_in_pool(row: dict[str, Any]) -> str:
    return f"{texts.label(row['sku'], 24)} · {row['pool']}"


def _runway_bars(rows: list[dict[str, Any]], known: palette.Runway) -> dict[str, Any]:
    return {
        "y": [_sku_in_pool(row) for row in rows],
        "x": [row["days_of_cover"] for row in rows],
        "name": known.label,
        "orientation": "h",
        "marker_color": known.color,
        "customdata": [
            f"{row['on_hand']:,} units, {row['inbound'] or 0:,} inbound"
            f"<br>runs out {texts.day(row['runs_out'])}"
            for row in rows
        ],
        "hovertemplate": "%{x:.0f} days: %{customdata}<extra>%{y}</extra>",
    }
