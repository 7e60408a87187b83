"""How much of what was shipped has arrived?"""

import pyarrow as pa

from core.ui import texts
from core.ui.charts import palette
from core.ui.charts.figure import Chart, as_rows, empty, rows_height


def shipment_progress(shipments: pa.Table, *, most: int = 15) -> Chart:
    """Draw received against shipped units, one bar per shipment.

    Args:
        shipments: One row per shipment, the one to show first on top:
            shipment_id, name, status, units_shipped, units_received.
        most: How many bars there may be.
    """
    rows = shipments.slice(0, most).to_pylist()
    names = [texts.label(row["shipment_id"], 28) for row in rows]
    told = [
        f"{texts.label(row['name'] or '', 60)}<br>{texts.label(row['status'])}"
        for row in rows
    ]
    figure = empty(rows_height(len(rows)))
    parts = (
        ("Shipped", "units_shipped", palette.GREY, 0.45, 0.75),
        ("Received", "units_received", palette.TEAL, 1.0, 0.4),
    )
    for name, column, color, opacity, width in parts:
        figure.add_bar(
            y=names,
            x=[row[column] for row in rows],
            name=name,
            orientation="h",
            width=width,
            marker_color=color,
            opacity=opacity,
            customdata=told,
            hovertemplate=f"{name}: %{{x:,}}<extra>%{{customdata}}</extra>",
        )
    as_rows(figure, "Units")
    figure.update_layout(barmode="overlay")
    shipped = sum(row["units_shipped"] for row in rows)
    received = sum(row["units_received"] for row in rows)
    return Chart(
        figure,
        f"{texts.count(len(rows), 'shipment')}: {received:,} of {shipped:,} units"
        " received.",
    )
