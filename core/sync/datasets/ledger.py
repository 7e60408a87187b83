"""How much was in stock every day? The ledger's summary by day and country."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from core.kernel.errors import Issue
from core.kernel.marketplaces import POOLS, Region
from core.spapi.documents import Document
from core.sync.columns import Findings, converted, mapped, text
from core.sync.cover import Days, Interval, day_interval

OPTIONS = {"aggregateByLocation": "COUNTRY", "aggregatedByTimePeriod": "DAILY"}

FIGURES = {
    "starting": "Starting Warehouse Balance",
    "in_transit": "In Transit Between Warehouses",
    "receipts": "Receipts",
    "customer_shipments": "Customer Shipments",
    "customer_returns": "Customer Returns",
    "vendor_returns": "Vendor Returns",
    "transfers": "Warehouse Transfer In/Out",
    "found": "Found",
    "lost": "Lost",
    "damaged": "Damaged",
    "disposed": "Disposed",
    "other": "Other Events",
    "ending": "Ending Warehouse Balance",
    "unknown": "Unknown Events",
}
"""Our names and Amazon's, which it also writes without the blanks."""

ALLOWED = ("Date", "MSKU", "Disposition", "Location", *FIGURES.values())
NAMES = ("FNSKU", "ASIN", "Title")

COUNTRIES = pa.array([country for pool in POOLS for country in pool.countries])

_WORD = pa.dictionary(pa.int32(), pa.string())
MOVEMENTS = pa.schema(
    [
        ("day", pa.date32()),
        ("sku", _WORD),
        ("country", _WORD),
        ("disposition", _WORD),
        *((name, pa.int32()) for name in FIGURES),
    ]
)
NAMED = pa.schema([(name, pa.string()) for name in ("sku", "asin", "fnsku", "title")])


@dataclass(frozen=True, slots=True)
class Movements:
    """What a report holds: rows to load, what SKUs are called, what is bad."""

    source: str
    lines: pa.Table
    named: pa.Table
    issues: list[Issue]


def span(days: Days) -> Interval:
    """Return the instants that a report of these days is asked for with."""
    start, end = day_interval(days)
    return start, end - timedelta(seconds=1)


def read(document: Document | None, days: Days, region: Region) -> Movements:
    """Return the movements of a report; none where Amazon has no data."""
    findings = Findings(f"{region} {days[0]} to {days[1]}")
    if document is None:
        return rows((), days, findings)
    batches = document.open_csv(ALLOWED, optional=NAMES, on_bad_line=findings.add_line)
    return rows(batches, days, findings)


def rows(
    batches: Iterable[pa.RecordBatch], days: Days, findings: Findings
) -> Movements:
    """Return the movements of a block of days; bad values become issues."""
    movements, names = [MOVEMENTS.empty_table()], [NAMED.empty_table()]
    for batch in batches:
        raw = {name: text(batch.column(name)) for name in ALLOWED}
        movements.append(_batch(raw, days, findings))
        names.append(_names(raw["MSKU"], batch))
        findings.rows_before += batch.num_rows
    named = pa.concat_tables(names).group_by("sku", use_threads=False)
    kept = named.aggregate([(name, "first") for name in NAMED.names[1:]])
    kept = kept.select(["sku", *(f"{name}_first" for name in NAMED.names[1:])])
    return Movements(
        findings.source,
        pa.concat_tables(movements),
        kept.rename_columns(NAMED.names),
        findings.issues,
    )


def _batch(raw: dict[str, pa.Array], days: Days, findings: Findings) -> pa.Table:
    day = mapped(raw["Date"], _day, pa.date32())
    figures = {
        name: converted(raw[column], pa.int32()) for name, column in FIGURES.items()
    }
    left_out = "The row is left out."
    findings.add(day.is_null(), "Date", "The date cannot be read.", left_out)
    findings.add(raw["MSKU"].is_null(), "MSKU", "A row has no SKU.", left_out)
    for name, column in FIGURES.items():
        unread = pc.and_(figures[name].is_null(), raw[column].is_valid())
        findings.add(unread, column, "The figure is not a whole number.", left_out)
    foreign = pc.invert(pc.is_in(pc.utf8_upper(raw["Location"]), COUNTRIES))
    message = "The location is no country of a pool."
    findings.add(foreign, "Location", message, "Its stock counts in no pool.")
    usable = pc.and_(raw["MSKU"].is_valid(), _within(day, days))
    for name, column in FIGURES.items():
        readable = pc.or_(figures[name].is_valid(), raw[column].is_null())
        usable = pc.and_(usable, readable)
    table = pa.table(
        {
            "day": day,
            "sku": pc.dictionary_encode(raw["MSKU"]),
            "country": pc.dictionary_encode(
                pc.fill_null(pc.utf8_upper(raw["Location"]), "")
            ),
            "disposition": pc.dictionary_encode(
                pc.fill_null(pc.utf8_upper(raw["Disposition"]), "")
            ),
            **{name: pc.fill_null(figure, 0) for name, figure in figures.items()},
        },
        schema=MOVEMENTS,
    )
    return table.filter(usable)


def _within(day: pa.Array, days: Days) -> pa.Array:
    first, last = (pa.scalar(edge, pa.date32()) for edge in days)
    inside = pc.and_(pc.greater_equal(day, first), pc.less_equal(day, last))
    return pc.fill_null(inside, fill_value=False)


def _day(word: str) -> date | None:
    """Read a day as Amazon writes it; it may turn to ISO any time."""
    for form in ("%m/%d/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(word[:10], form).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


def _names(sku: pa.Array, batch: pa.RecordBatch) -> pa.Table:
    """Return one row per SKU of a batch: its first row's names."""
    encoded = pc.dictionary_encode(sku)
    rows = pc.index_in(
        pa.array(range(len(encoded.dictionary)), pa.int32()), value_set=encoded.indices
    )
    columns = [
        text(batch.column(name).take(rows)) for name in ("ASIN", "FNSKU", "Title")
    ]
    return pa.table([encoded.dictionary, *columns], schema=NAMED)
