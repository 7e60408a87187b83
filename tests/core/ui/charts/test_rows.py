"""Do the charts of lying bars show what was asked?"""

from datetime import date

import pyarrow as pa

from core.ui.charts import coverage, inventory, palette, shipments

STATES = [column for state in palette.STATES for column in state.columns]


def covered(*rows: tuple[object, ...]) -> pa.Table:
    names = ("sku", "pool", "on_hand", "inbound", "days_of_cover", "runs_out")
    return pa.Table.from_pylist(
        [dict(zip(names, row, strict=True)) for row in rows],
        schema=pa.schema(
            [
                ("sku", pa.string()),
                ("pool", pa.string()),
                ("on_hand", pa.int32()),
                ("inbound", pa.int32()),
                ("days_of_cover", pa.float64()),
                ("runs_out", pa.date32()),
            ]
        ),
    )


SOON = ("SOON", "EU", 5, 0, 3.4, date(2026, 1, 4))
LATER = ("LATER", "US", 90, 10, 20.0, date(2026, 1, 21))
GONE = ("GONE", "EU", 0, 0, 0.0, date(2026, 1, 1))
IDLE = ("IDLE", "EU", 7, 0, None, None)


def test_every_state_of_stock_is_one_part_of_the_bar() -> None:
    row = dict.fromkeys(STATES, 1) | {"pool": "EU"}
    chart = inventory.stock_by_state(pa.Table.from_pylist([row]), by="pool")
    assert [(t.name, t.x[0]) for t in chart.figure.data] == [
        ("Available", 1),
        ("Reserved", 3),
        ("Inbound", 3),
        ("Unfulfillable", 1),
        ("Researching", 1),
    ]
    assert chart.summary.startswith("Units by state: available 1, reserved 3")


def test_a_title_with_html_stays_text_on_the_axis() -> None:
    row = dict.fromkeys(STATES, 1) | {"sku": "<b>x</b>"}
    chart = inventory.stock_by_state(pa.Table.from_pylist([row]), by="sku")
    assert chart.figure.data[0].y[0] == "&lt;b&gt;x&lt;/b&gt;"


def test_the_sku_that_runs_out_first_is_on_top() -> None:
    chart = coverage.runways(covered(LATER, IDLE, GONE, SOON))
    assert list(chart.figure.layout.yaxis.categoryarray) == ["SOON · EU", "LATER · US"]
    assert chart.summary == (
        "SOON in EU runs out first: 5 units last 3 days, until 4 Jan 2026."
    )
    assert {t.name: t.marker.color for t in chart.figure.data} == {
        "Critical: under 14 days": palette.ORANGE,
        "Low: under 30 days": palette.AMBER,
    }


def test_nothing_that_sells_is_said_to_be_nothing() -> None:
    assert coverage.runways(covered(IDLE, GONE)).summary == (
        "No SKU with stock is selling."
    )


def test_classes_count_every_sku_once_and_name_the_idle() -> None:
    chart = coverage.runway_classes(covered(SOON, LATER, GONE, IDLE))
    assert list(chart.figure.data[0].x) == [1, 1, 1, 0, 0]
    assert "1 have stock and sold nothing." in chart.summary


def test_received_stands_before_shipped() -> None:
    rows = [
        {
            "shipment_id": "FBA1",
            "name": "<i>May</i>",
            "status": "CLOSED",
            "units_shipped": 10,
            "units_received": 8,
        }
    ]
    chart = shipments.shipment_progress(pa.Table.from_pylist(rows))
    assert [(t.name, t.x[0]) for t in chart.figure.data] == [
        ("Shipped", 10),
        ("Received", 8),
    ]
    assert chart.figure.data[0].customdata[0] == "&lt;i&gt;May&lt;/i&gt;<br>CLOSED"
    assert chart.summary == "1 shipment: 8 of 10 units received."
