"""A workspace with exactly the figures that a test is about.

    db = fresh_workspace(tmp_path)
    fill(
        db,
        daily=[("A", "DE", "2026-03-01", 4)],
        complete=[("DE", "2026-01-01", "2026-03-31")],
        stock_days=[("A", "EU", "2026-03-01", 10, 6)],
        stock_covered=[("EU", "2026-01-01", "2026-03-31")],
        summaries=[{"sku": "A", "marketplace": "DE", "day": "2026-03-31",
                    "fulfillable": 6, "inbound_shipped": 20}],
    )

Rows are tuples in the order of `POSITIONS`, or mappings with any of the table's
columns; SKUs, marketplaces and pools are said by code, days and instants as
text or as dates. What is left out is zero, null or follows from the rest.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from core.analytics.inventory import STATES
from core.database import workspace_db
from core.database.workspace_db import Load, WorkspaceDb
from core.kernel.marketplaces import (
    BY_CODE,
    MARKETPLACES,
    NON_AMAZON,
    POOL_BY_CODE,
    REGIONS,
)

Row = Mapping[str, Any] | tuple[Any, ...]
Rows = Iterable[Row]

KEY = bytes(range(32))
CONNECTIONS = {region: number for number, region in enumerate(REGIONS, start=1)}
TAKEN_AT = "12:00:00+00"

POSITIONS = {
    "skus": ("sku", "asin", "fnsku", "title"),
    "daily": ("sku", "marketplace", "day", "units"),
    "multichannel": ("sku", "pool", "day", "units"),
    "lines": ("sku", "marketplace", "day", "quantity"),
    "complete": ("marketplace", "first_day", "last_day"),
    "stock_days": ("sku", "pool", "day", "starting", "ending"),
    "stock_covered": ("pool", "first_day", "last_day"),
    "ledger": ("sku", "country", "day", "starting", "ending"),
    "summaries": ("sku", "marketplace", "day", "fulfillable"),
    "walks": ("marketplace", "day"),
    "shipments": ("shipment_id", "marketplace", "day", "status"),
    "shipment_items": ("shipment_id", "sku", "day", "units_shipped", "units_received"),
}
TABLES = {
    "multichannel": "daily_multichannel",
    "lines": "order_lines",
    "complete": "complete_days",
    "stock_covered": "stock_covered_days",
    "summaries": "inventory_summaries",
    "walks": "inventory_walks",
}
MOVES = (
    "in_transit",
    "receipts",
    "customer_shipments",
    "customer_returns",
    "vendor_returns",
    "transfers",
    "found",
    "lost",
    "damaged",
    "disposed",
    "other",
    "unknown",
)


def fresh_workspace(folder: Path) -> WorkspaceDb:
    """Return a new, empty workspace in a folder of the test."""
    return workspace_db.create(
        folder / f"{secrets.token_hex(4)}.duckdb", KEY, temp_dir=folder / "temp"
    )


def fill(db: WorkspaceDb, **rows: Rows) -> None:
    """Write rows, by the names of `POSITIONS`, in one load."""
    named = {name: [_named(name, row) for row in rows[name]] for name in rows}
    if "summaries" in named:
        walks = {(row["marketplace"], str(row["day"])) for row in named["summaries"]}
        known = {
            (row["marketplace"], str(row["day"])) for row in named.get("walks", [])
        }
        named["walks"] = named.get("walks", []) + [
            {"marketplace": place, "day": day} for place, day in sorted(walks - known)
        ]
    with db.load() as load:
        _connect(load)
        ids = _sku_ids(load, named)
        for name in POSITIONS:
            if name != "skus" and named.get(name):
                whole = COMPLETIONS.get(name, dict)
                found = [_by_id(whole(row), ids) for row in named[name]]
                _insert(load, TABLES.get(name, name), found)
        if named.get("shipments"):
            _insert(load, "shipment_walks", _shipment_walks(named["shipments"]))


def _named(name: str, row: Row) -> dict[str, Any]:
    if isinstance(row, Mapping):
        return dict(row)
    return dict(zip(POSITIONS[name], row, strict=False))


def _daily(row: dict[str, Any]) -> dict[str, Any]:
    units = row["units"]
    merchant = row.get("units_merchant", 0)
    amazon = row.get("units_amazon", units - merchant)
    row = {"orders": units, "revenue": None, "origin": "synced"} | row
    return row | {"units_amazon": amazon, "units_merchant": units - amazon}


def _line(row: dict[str, Any]) -> dict[str, Any]:
    place = BY_CODE.get(row["marketplace"])
    status = row.get("order_status", "Shipped")
    item_status = row.get("item_status", status)
    counts = "Cancelled" not in (status, item_status) and row["quantity"] > 0
    at = row.get("purchased_at", f"{row['day']} {TAKEN_AT}")
    return {
        "connection_id": _connection_of(row["marketplace"]),
        "order_key": secrets.token_bytes(16),
        "pool": place.pool if place and row.get("is_amazon", True) else None,
        "purchased_at": at,
        "updated_at": at,
        "is_amazon": True,
        "is_counting": counts,
        "order_status": status,
        "item_status": item_status,
        "currency": place.currency if place else None,
        "item_price": None,
        "ship_country": None,
        "origin": "synced",
    } | row


def _ledger(row: dict[str, Any]) -> dict[str, Any]:
    pool = next(
        pool for pool in POOL_BY_CODE.values() if row["country"] in pool.countries
    )
    base = {"connection_id": CONNECTIONS[pool.region], "disposition": "SELLABLE"}
    return base | dict.fromkeys(MOVES, 0) | row


def _summary(row: dict[str, Any]) -> dict[str, Any]:
    states = dict.fromkeys(STATES, 0) | row
    base = {
        "connection_id": _connection_of(row["marketplace"]),
        "asin": None,
        "fnsku": None,
        "total": sum(states[name] for name in STATES),
    }
    return base | states


def _walk(row: dict[str, Any]) -> dict[str, Any]:
    base = {"connection_id": _connection_of(row["marketplace"])}
    return base | {"taken_at": f"{row['day']} {TAKEN_AT}"} | row


def _shipment(row: dict[str, Any]) -> dict[str, Any]:
    closed = row["day"] if row["status"] == "CLOSED" else None
    return {
        "connection_id": _connection_of(row["marketplace"]),
        "name": row["shipment_id"],
        "destination": None,
        "closed_day": closed,
    } | row


def _shipment_item(row: dict[str, Any]) -> dict[str, Any]:
    return {"connection_id": CONNECTIONS["EU"]} | row


COMPLETIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "daily": _daily,
    "lines": _line,
    "ledger": _ledger,
    "summaries": _summary,
    "walks": _walk,
    "shipments": _shipment,
    "shipment_items": _shipment_item,
}


def _shipment_walks(shipments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    walks = {(_connection_of(row["marketplace"]), str(row["day"])) for row in shipments}
    return [
        {"connection_id": connection, "day": day, "taken_at": f"{day} {TAKEN_AT}"}
        for connection, day in sorted(walks)
    ]


def _connection_of(marketplace: str) -> int:
    place = BY_CODE.get(marketplace)
    return CONNECTIONS[place.region if place else "EU"]


def _connect(load: Load) -> None:
    """Make one connection per region, with all its marketplaces, once."""
    existing = load.run("select 1 as found from connections")
    if existing is not None and existing.num_rows:
        return
    _insert(
        load,
        "connections",
        [
            {"connection_id": number, "control_id": f"connection-{region}"}
            | {"region": region}
            for region, number in CONNECTIONS.items()
        ],
    )
    _insert(
        load,
        "connection_marketplaces",
        [
            {"connection_id": CONNECTIONS[place.region], "marketplace": place.code}
            for place in MARKETPLACES
        ],
        by_id=True,
    )


def _sku_ids(load: Load, named: dict[str, list[dict[str, Any]]]) -> dict[str, int]:
    table = load.run("select sku, sku_id from skus")
    ids = {} if table is None else {r["sku"]: r["sku_id"] for r in table.to_pylist()}
    wanted = {row["sku"]: row for row in named.get("skus", [])}
    for rows in named.values():
        for row in rows:
            if "sku" in row:
                wanted.setdefault(row["sku"], {"sku": row["sku"]})
    new = [row for sku, row in wanted.items() if sku not in ids]
    start = max(ids.values(), default=0) + 1
    ids |= {row["sku"]: number for number, row in enumerate(new, start)}
    empty = dict.fromkeys(("asin", "fnsku", "title", "named_at"))
    if new:
        _insert(
            load, "skus", [empty | row | {"sku_id": ids[row["sku"]]} for row in new]
        )
    return ids


def _by_id(row: dict[str, Any], ids: dict[str, int]) -> dict[str, Any]:
    row = dict(row)
    if "sku" in row:
        row["sku_id"] = ids[row.pop("sku")]
    if "marketplace" in row:
        code = row.pop("marketplace")
        row["marketplace_id"] = 0 if code == NON_AMAZON else BY_CODE[code].number
    if "pool" in row:
        pool = row.pop("pool")
        row["pool_id"] = POOL_BY_CODE[pool].number if pool else None
    return row


def _insert(
    load: Load, table: str, rows: list[dict[str, Any]], *, by_id: bool = False
) -> None:
    if by_id:
        rows = [_by_id(row, {}) for row in rows]
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: pa.array([row.get(name) for row in rows]) for name in names}
    load.register("filling", pa.table(columns))
    again = "or ignore " if table.endswith("_walks") else ""
    load.run(f"insert {again}into {table} by name select * from filling")
    load.forget()
