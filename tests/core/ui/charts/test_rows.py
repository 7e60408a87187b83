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


def held(by: str, **units: int) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {by: name, "state": state, "units": number}
            for name, number in units.items()
            for state in STATES
        ]
    )


def test_every_state_of_stock_is_one_part_of_the_bar() -> None:
    chart = inventory.stock_by_state(held("pool", UK=1, EU=2), by="pool")
    assert list(chart.figure.data[0].y) == ["EU", "UK"]
    assert [(t.name, *t.x) for t in chart.figure.data] == [
        ("Available", 2, 1),
        ("Reserved", 6, 3),
        ("Inbound", 6, 3),
        ("Unfulfillable", 2, 1),
        ("Researching", 2, 1),
    ]
    assert chart.summary.startswith("Units by state: available 3, reserved 9")


def test_a_name_with_html_stays_text_on_the_axis() -> None:
    chart = inventory.stock_by_state(held("sku", **{"<b>x</b>": 1}), by="sku")
    assert chart.figure.data[0].y[0] == "&lt;b&gt;x&lt;/b&gt;"


def test_the_sku_that_runs_out_first_is_on_top() -> None:
    chart = coverage.runways(covered(LATER, IDLE, GONE, SOON))
    assert list(chart.figure.layout.yaxis.categoryarray) == ["SOON · EU", "LATER · US"]
    assert chart.summary == (
        "SOON in EU runs out first: 5 units, enough for 3 days, until 4 Jan 2026."
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


def sent(*rows: tuple[object, ...]) -> pa.Table:
    names = ("shipment_id", "name", "status", "units_shipped", "units_received")
    found = [dict(zip(names, row, strict=True)) for row in rows]
    return pa.Table.from_pylist(
        [
            row
            | {
                "destination": "LEJ1",
                "units_missing": row["units_shipped"] - row["units_received"],
            }
            for row in found
        ]
    )


def test_received_stands_before_shipped_and_skus_are_added() -> None:
    chart = shipments.arrivals(
        sent(
            ("FBA1", "<i>May</i>", "RECEIVING", 10, 8),
            ("FBA1", "<i>May</i>", "RECEIVING", 5, 0),
            ("FBA2", "June", "CLOSED", 7, 7),
        )
    )
    assert [(t.name, *t.x) for t in chart.figure.data] == [
        ("Shipped", 15),
        ("Received", 8),
    ]
    told = chart.figure.data[0].customdata[0]
    assert told == "&lt;i&gt;May&lt;/i&gt;<br>RECEIVING<br>LEJ1"
    assert chart.summary == "1 shipment under way: 8 of 15 units received."


def test_only_closed_shipments_have_differences_and_more_counts_too() -> None:
    chart = shipments.differences(
        sent(
            ("FBA1", "a", "CLOSED", 10, 8),
            ("FBA2", "b", "CLOSED", 10, 13),
            ("FBA3", "c", "CLOSED", 10, 10),
            ("FBA4", "d", "RECEIVING", 10, 1),
        )
    )
    assert list(chart.figure.data[0].y) == ["FBA2", "FBA1"]
    assert list(chart.figure.data[0].x) == [-3, 2]
    assert chart.summary == (
        "2 of 3 closed shipments with a difference, -1 units missing on balance."
    )
