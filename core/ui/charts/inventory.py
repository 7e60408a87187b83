"""In which state is the stock?"""

from collections import Counter

import pyarrow as pa

from core.ui import texts
from core.ui.charts import palette
from core.ui.charts.figure import Chart, as_rows, empty, rows_height


def stock_by_state(stock: pa.Table, *, by: str) -> Chart:
    """Draw units per state, one bar per value of `by`, the largest on top.

    Args:
        stock: One row per bar and state: `by`, state, units.
        by: The column that names the bars, such as `pool` or `sku`.
    """
    rows = stock.select([by, "state", "units"]).to_pylist()
    held: Counter[tuple[str, str]] = Counter()
    sizes: Counter[str] = Counter()
    for row in rows:
        held[row[by], row["state"]] += row["units"] or 0
        sizes[row[by]] += row["units"] or 0
    order = [name for name, _ in sizes.most_common()]
    names = [texts.label(name, 28) for name in order]
    figure = empty(rows_height(len(names)))
    said = []
    for state in palette.STATES:
        units = [sum(held[name, part] for part in state.columns) for name in order]
        said.append(f"{state.label.lower()} {sum(units):,}")
        figure.add_bar(
            y=names,
            x=units,
            name=state.label,
            orientation="h",
            marker_color=state.color,
            hovertemplate=f"{state.label}: %{{x:,}}<extra>%{{y}}</extra>",
        )
    as_rows(figure, "Units")
    figure.update_layout(barmode="stack", legend_traceorder="normal")
    return Chart(figure, f"Units by state: {', '.join(said)}.")
