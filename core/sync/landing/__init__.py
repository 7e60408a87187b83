"""How do tables of a batch get into the workspace file? Knows no Amazon."""

from core.sync.landing import (
    catalog,
    connections,
    inventory,
    ledger,
    marks,
    orders,
    shipments,
)

__all__ = [
    "catalog",
    "connections",
    "inventory",
    "ledger",
    "marks",
    "orders",
    "shipments",
]
