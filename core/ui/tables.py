"""How does an answer look as a grid: names, units, formats and meanings?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa
import streamlit as st

Kind = Literal["text", "units", "rate", "days", "money", "day", "instant", "flag"]

SHORT_ROWS = 10
WIDE_PIXELS = 190
TALL_PIXELS = 560
EAGER_ROWS = 25_000
"""Up to so many rows a grid has them all: then it can search them, too."""


@dataclass(frozen=True, slots=True)
class Column:
    """How one column of an answer is shown.

    Attributes:
        label: A few words, the unit among them.
        meaning: What it says, for who rests on the heading.
        pinned: Whether it stays in view.
        is_long: Whether its texts would push the figures out of sight.
    """

    label: str
    kind: Kind
    meaning: str = ""
    pinned: bool = False
    is_long: bool = False


def _units(label: str, meaning: str) -> Column:
    return Column(label, "units", meaning)


def _window(days: int) -> dict[str, Column]:
    return {
        f"units_{days}d": _units(
            f"Units, {days} d",
            f"Units ordered in the {days} days that end on “as of”.",
        ),
        f"velocity_{days}d": Column(
            f"A day, {days} d",
            "rate",
            f"Units of {days} days per day in stock; empty without such a day.",
        ),
    }


COLUMNS: dict[str, Column] = {
    "sku": Column("SKU", "text", pinned=True),
    "asin": Column("ASIN", "text"),
    "fnsku": Column("FNSKU", "text", "Amazon's label of the units."),
    "title": Column("Title", "text", is_long=True),
    "pool": Column("Pool", "text", "Marketplaces that share stock; EU is one."),
    "marketplace": Column("Marketplace", "text"),
    "as_of": Column("As of", "day", "The day that the row speaks of."),
    # Stock
    "fulfillable": _units("Available", "Can be sold at once."),
    "reserved_customer_orders": _units("Reserved: orders", "Sold, not shipped yet."),
    "reserved_transfers": _units(
        "Reserved: transfers", "On the way between Amazon's warehouses."
    ),
    "reserved_processing": _units(
        "Reserved: processing", "Held in a warehouse, for instance to be measured."
    ),
    "inbound_working": _units("Inbound: planned", "In a shipment not yet sent."),
    "inbound_shipped": _units("Inbound: shipped", "On the way to Amazon."),
    "inbound_receiving": _units("Inbound: receiving", "Arrived, being booked in."),
    "unfulfillable": _units("Unfulfillable", "Damaged, expired or defective."),
    "researching": _units("Researching", "Amazon is looking for them."),
    "total": _units("Total", "As Amazon reports it."),
    # Speed
    **_window(7),
    **_window(14),
    **_window(30),
    **_window(60),
    **_window(90),
    "in_stock_days_30d": _units("Days in stock, 30 d", "Of the last 30 days."),
    "basis": Column(
        "Basis",
        "text",
        "stock: days without stock are left out; calendar: no stock history, so"
        " every day since the first sale counts.",
    ),
    "peak_velocity": Column(
        "Peak a day", "rate", "Best 7 days in a row of the last year, per day in stock."
    ),
    "peak_from": Column("Peak from", "day", "First day of the best week."),
    "peak_to": Column("Peak to", "day", "Last day of the best week."),
    "last_sale_day": Column("Last sale", "day"),
    # Cover
    "on_hand": _units("On hand", "Available, in transfer or in processing."),
    "inbound": _units("Inbound", "Shipped or being received; plans do not count."),
    "forecast_per_day": Column(
        "Sells a day", "rate", "Expected Amazon-fulfilled units a day from this pool."
    ),
    "days_of_cover": Column("Days of cover", "days", "On hand / sells a day."),
    "days_of_cover_with_inbound": Column(
        "… with inbound", "days", "On hand and inbound / sells a day."
    ),
    "runs_out_early": Column("Runs out, early", "day", "One in ten runs out sooner."),
    "runs_out": Column("Runs out", "day", "On hand alone, without inbound."),
    "runs_out_late": Column("Runs out, late", "day", "One in ten lasts longer."),
    "gap_days": _units("Gap, days", "Empty days until the next arrival."),
    # Shipments
    "shipment_id": Column("Shipment", "text", pinned=True),
    "name": Column("Name", "text", is_long=True),
    "status": Column("Status", "text", "As Amazon calls it."),
    "destination": Column("To", "text", "Amazon's warehouse."),
    "created": Column("Created", "day"),
    "eta": Column("Expected", "day", "End of the delivery window."),
    "units_shipped": _units("Shipped", "Units sent."),
    "units_received": _units("Received", "Units that Amazon booked in."),
    "units_missing": _units(
        "Missing", "Shipped less received; a discrepancy once closed."
    ),
    "claim_by": Column("Claim by", "day", "Last day to ask Amazon about it."),
    # Days
    "day": Column("Day", "day", "Local to the marketplace."),
    "units": _units("Units", "Ordered and not cancelled."),
    "units_amazon": _units("By Amazon", "Units that Amazon fulfils."),
    "units_merchant": _units("By you", "Units that you fulfil."),
    "orders": _units("Orders", "Distinct orders; never add them over SKUs."),
    "revenue": Column("Revenue", "money", "In the currency beside it."),
    "currency": Column("Currency", "text"),
    "in_stock": Column("In stock", "flag"),
    "complete": Column("Complete", "flag", "Whether all orders of the day are in."),
    # Sync
    "dataset": Column("Dataset", "text", pinned=True),
    "region": Column("Region", "text"),
    "rows": Column("Rows", "units"),
    "message": Column("What happened", "text"),
    "hint": Column("Next step", "text"),
    "source": Column("Source", "text"),
    "source_row": Column("Row", "units"),
    "source_column": Column("Column", "text"),
    "sales_channel": Column("Sales channel", "text"),
    "lines": Column("Lines", "units", "Order lines that wait until it is known."),
    "seen_at": Column("Seen", "instant"),
    "loaded_at": Column("Loaded", "instant"),
}


def config(table: pa.Table) -> dict[str, Any]:
    """Return how Streamlit is to show the columns of a table."""
    return {
        field.name: _config(COLUMNS[field.name], is_instant=_is_instant(field.type))
        for field in table.schema
        if field.name in COLUMNS
    }


def _is_instant(kind: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(kind))


def grid(table: pa.Table, *, alt: str, order: tuple[str, ...] = ()) -> None:
    """Show an answer as a grid that sorts and searches.

    Args:
        table: The answer.
        alt: What it is a grid of.
        order: The columns to show, from the left; all if empty.
    """
    st.dataframe(
        table,
        hide_index=True,
        column_config=config(table),
        column_order=[name for name in order if name in table.column_names] or None,
        height="auto" if table.num_rows <= SHORT_ROWS else TALL_PIXELS,
        lazy=table.num_rows > EAGER_ROWS,
        placeholder="–",
        alt=alt,
    )


_TYPES: dict[Kind, tuple[Callable[..., Any], str]] = {
    "text": (st.column_config.TextColumn, ""),
    "units": (st.column_config.NumberColumn, "localized"),
    "rate": (st.column_config.NumberColumn, "%.2f"),
    "days": (st.column_config.NumberColumn, "%.1f"),
    "money": (st.column_config.NumberColumn, "%.2f"),
    "day": (st.column_config.DateColumn, "D MMM YYYY"),
    "instant": (st.column_config.DatetimeColumn, "D MMM YYYY, HH:mm"),
    "flag": (st.column_config.CheckboxColumn, ""),
}


def _config(column: Column, *, is_instant: bool) -> Any:
    # "As of" is a day in answers and an instant in syncs.
    make, form = _TYPES["instant" if is_instant else column.kind]
    chosen = {"format": form} if form else {}
    return make(
        label=column.label,
        help=column.meaning or None,
        pinned=column.pinned or None,
        width=WIDE_PIXELS if column.pinned or column.is_long else None,
        **chosen,
    )
