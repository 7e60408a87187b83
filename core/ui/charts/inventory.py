"""In which state is the stock?"""

import pyarrow as pa

from core.ui import texts
from core.ui.charts import palette
from core.ui.charts.figure import Chart, as_rows, empty, rows_height


def stock_by_state(stock: pa.Table, *, by: str) -> Chart:
    """Draw units per state, one bar per value of `by`.

    Args:
        stock: One row per bar, largest first: `by` and the columns of
            `palette.STATES`.
        by: The column that names the bars, such as `pool` or `sku`.
    """
    names = [texts.label(name, 28) for name in stock[by].to_pylist()]
    figure = empty(rows_height(len(names)))
    totals = []
    for state in palette.STATES:
        parts = [stock[column].to_pylist() for column in state.columns]
        units = [sum(part or 0 for part in row) for row in zip(*parts, strict=True)]
        totals.append((state.label, sum(units)))
        figure.add_bar(
            y=names,
            x=units,
            name=state.label,
            orientation="h",
            marker_color=state.color,
            hovertemplate=f"{state.label}: %{{x:,}}<extra>%{{y}}</extra>",
        )
    as_rows(figure, "Units")
    figure.update_layout(barmode="stack")
    said = ", ".join(f"{label.lower()} {units:,}" for label, units in totals)
    return Chart(figure, f"Units by state: {said}.")
