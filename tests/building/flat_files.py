"""Documents as Amazon sends them, with exactly the lines that matter."""

from collections.abc import Mapping, Sequence

from core.spapi.documents import Document

ORDER = {
    "amazon-order-id": "111-0000001-0000001",
    "purchase-date": "2026-03-10T12:00:00+00:00",
    "last-updated-date": "2026-03-10T12:30:00+00:00",
    "order-status": "Shipped",
    "fulfillment-channel": "Amazon",
    "sales-channel": "Amazon.de",
    "product-name": "Blue mug",
    "sku": "MUG-1",
    "asin": "B000000001",
    "item-status": "Shipped",
    "quantity": "1",
    "currency": "EUR",
    "item-price": "9.99",
    "ship-city": "Secretville",
    "ship-country": "DE",
}
MOVEMENT = {
    "Date": "03/10/2026",
    "FNSKU": "X000000001",
    "ASIN": "B000000001",
    "MSKU": "MUG-1",
    "Title": "Blue mug",
    "Disposition": "SELLABLE",
    "Starting Warehouse Balance": "10",
    "In Transit Between Warehouses": "0",
    "Receipts": "0",
    "Customer Shipments": "-1",
    "Customer Returns": "0",
    "Vendor Returns": "0",
    "Warehouse Transfer In/Out": "0",
    "Found": "0",
    "Lost": "0",
    "Damaged": "0",
    "Disposed": "0",
    "Other Events": "0",
    "Ending Warehouse Balance": "9",
    "Unknown Events": "0",
    "Location": "DE",
}


def order(**changes: str) -> dict[str, str]:
    """Return an order line, with `_` for `-` in the names of what differs."""
    return ORDER | {name.replace("_", "-"): value for name, value in changes.items()}


def movement(**changes: str) -> dict[str, str]:
    """Return a row of the ledger; Start, End and Shipped are short names."""
    short = {
        "Start": "Starting Warehouse Balance",
        "End": "Ending Warehouse Balance",
        "Shipped": "Customer Shipments",
    }
    return MOVEMENT | {short.get(name, name): value for name, value in changes.items()}


def document(rows: Sequence[Mapping[str, str]]) -> Document:
    """Return a tab-separated document of at least one row."""
    lines = ["\t".join(rows[0]), *("\t".join(row.values()) for row in rows)]
    content = ("\n".join(lines) + "\n").encode()
    return Document.verified(content, is_gzip=False, fallback="cp1252")
