"""How long do the questions take on a million real order lines?"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from core.analytics.question import ask, stream
from core.analytics.velocity import refresh_metrics
from tests.building.million_lines import million_lines
from tests.building.shared import CHECKOUT

TIMES = 5
ONE_SKU = {"sku": "22423"}


def rows() -> list[tuple[str, float, float, str]]:
    """Return name, measured, limit and unit of each number."""
    base = Path(os.environ.get("STOCKENER_SHARED", CHECKOUT.parent / "shared"))
    lines = base / "data" / "seller_order_lines.parquet"
    if not lines.exists():
        return []
    with tempfile.TemporaryDirectory() as name:
        db = million_lines(Path(name), lines)
        last = {"as_of": "2026-11-20"}
        measured = [
            (
                "velocity of all SKUs, computed",
                _best(lambda: ask(db, "velocity")),
                2000,
            ),
            ("velocity kept by a sync", _best(lambda: refresh_metrics(db), 2), 3000),
            ("velocity of all SKUs, warm", _best(lambda: ask(db, "velocity")), 150),
            (
                "velocity of one SKU on a named day",
                _best(lambda: ask(db, "velocity", last | ONE_SKU)),
                150,
            ),
            ("coverage of all SKUs", _best(lambda: ask(db, "coverage")), 1000),
            ("inventory of all SKUs", _best(lambda: ask(db, "inventory")), 150),
            (
                "daily of thirty days",
                _best(lambda: ask(db, "daily", {"since": "2026-10-22"})),
                150,
            ),
            (
                "daily of two years, streamed",
                _best(lambda: sum(b.num_rows for b in stream(db, "daily")), 2),
                2000,
            ),
        ]
        db.close()
    return [(what, 1000 * seconds, limit, "ms") for what, seconds, limit in measured]


def _best(act: Callable[[], object], times: int = TIMES) -> float:
    """Return the shortest of some runs: what else runs here is not measured."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        found.append(time.perf_counter() - started)
    return min(found)
