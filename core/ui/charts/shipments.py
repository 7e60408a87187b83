"""How much of what was shipped has arrived?"""

from typing import Any

import pyarrow as pa

from core.ui import texts
from core.ui.charts import palette
from core.ui.charts.figure import Chart, as_rows, empty, rows_height

OVER = ("CLOSED", "CANCELLED", "DELETED")
"""What Amazon calls a shipment of which nothing more will come."""


def arrivals(shipments: pa.Table, *, most: int = 12) -> Chart:
    """Draw received against shipped units of the shipments under way.

    Args:
        shipments: The answer to `shipments`.
        most: How many bars there may be; those with most units to come stay.
    """
    whole = _whole(shipments)
    under_way = [row for row in whole if row["status"] not in OVER]
    under_way.sort(key=lambda row: row["units_received"] - row["units_shipped"])
    rows = under_way[:most]
    names = [texts.label(row["shipment_id"], 28) for row in rows]
    figure = empty(rows_height(len(rows)))
    for name, column, color, opacity, width in _PARTS:
        figure.add_bar(
            y=names,
            x=[row[column] for row in rows],
            name=name,
            orientation="h",
            width=width,
            marker_color=color,
            opacity=opacity,
            customdata=[_told(row) for row in rows],
            hovertemplate=f"{name}: %{{x:,}}<extra>%{{customdata}}</extra>",
        )
    as_rows(figure, "Units")
    figure.update_layout(barmode="overlay")
    sent = sum(row["units_shipped"] for row in under_way)
    received = sum(row["units_received"] for row in under_way)
    many = texts.count(len(under_way), "shipment")
    return Chart(figure, f"{many} under way: {received:,} of {sent:,} units received.")


def differences(shipments: pa.Table, *, most: int = 12) -> Chart:
    """Draw what is missing from closed shipments, the most on top.

    Args:
        shipments: The answer to `shipments`.
        most: How many bars there may be.
    """
    closed = [row for row in _whole(shipments) if row["status"] == "CLOSED"]
    short = [row for row in closed if row["units_missing"]]
    short.sort(key=lambda row: -abs(row["units_missing"]))
    rows = short[:most]
    figure = empty(rows_height(len(rows)))
    figure.add_bar(
        y=[texts.label(row["shipment_id"], 28) for row in rows],
        x=[row["units_missing"] for row in rows],
        orientation="h",
        marker_color=palette.ORANGE,
        customdata=[_told(row) for row in rows],
        hovertemplate="Missing: %{x:,}<extra>%{customdata}</extra>",
    )
    as_rows(figure, "Units missing (negative: more than shipped)")
    figure.update_layout(margin_t=8)
    units = sum(row["units_missing"] for row in short)
    return Chart(
        figure,
        f"{len(short):,} of {texts.count(len(closed), 'closed shipment')} with a"
        f" difference, {units:,} units missing on balance.",
    )


_PARTS = (
    ("Shipped", "units_shipped", palette.GREY, 0.45, 0.75),
    ("Received", "units_received", palette.TEAL, 1.0, 0.4),
)


def _whole(shipments: pa.Table) -> list[dict[str, Any]]:
    """Return one row per shipment, its SKUs added."""
    heads = ["shipment_id", "name", "status", "destination"]
    units = ["units_shipped", "units_received", "units_missing"]
    found = shipments.group_by(heads, use_threads=False).aggregate(
        [(name, "sum") for name in units]
    )
    rows: list[dict[str, Any]] = found.rename_columns([*heads, *units]).to_pylist()
    return rows


def _told(row: dict[str, Any]) -> str:
    parts = (row["name"], row["status"], row["destination"])
    return "<br>".join(texts.label(part, 60) for part in parts if part)
