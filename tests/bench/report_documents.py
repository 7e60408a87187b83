"""How fast, and in how much memory, does a report's text become columns?"""

import gzip
import time

import pyarrow as pa

from core.spapi.documents import Document

HEADER = (
    "Date\tFNSKU\tASIN\tMSKU\tTitle\tDisposition\tStarting Warehouse Balance\t"
    "Receipts\tCustomer Shipments\tEnding Warehouse Balance\tLocation\n"
)
LINE = (
    "11/%02d/2026\tX00%07d\tB0%08d\tSKU-%05d\tA title as long as titles are, über %d\t"
    "SELLABLE\t%d\t0\t-%d\t%d\tDE\n"
)
COLUMNS = ("Date", "MSKU", "Disposition", "Ending Warehouse Balance", "Location")
LINES = 600_000


def rows() -> list[tuple[str, float, float, str]]:
    """Return processor seconds per gigabyte and the peak of Arrow's memory."""
    lines = (
        LINE % (n % 28 + 1, n % 5000, n % 5000, n % 5000, n, n % 300, n % 9, n % 300)
        for n in range(LINES)
    )
    text = (HEADER + "".join(lines)).encode()
    size, packed = len(text) / 1e9, gzip.compress(text, 6)
    del text
    pool = pa.system_memory_pool()
    pa.set_memory_pool(pool)
    before, start = pool.bytes_allocated(), time.process_time()
    document = Document.verified(packed, is_gzip=True, fallback="cp1252")
    read, peak = 0, 0
    for batch in document.open_csv(COLUMNS):
        read += batch.num_rows
        peak = max(peak, pool.bytes_allocated() - before)
    took = time.process_time() - start
    assert read == LINES
    return [
        ("ledger text verified and read, processor time per GB", took / size, 15, "s"),
        ("ledger text read, Arrow's memory at its peak", peak / 1e6, 100, "MB"),
    ]
