"""How is a batch's SKU found among ours?"""

import pyarrow as pa
import pyarrow.compute as pc

from core.database.workspace_db import Load
from core.sync.landing.statements import read, statement

NAMED = pa.schema(
    [
        ("sku", pa.string()),
        ("asin", pa.string()),
        ("fnsku", pa.string()),
        ("title", pa.string()),
        ("named_at", pa.timestamp("us", "UTC")),
    ]
)


def land(load: Load, named: pa.Table) -> None:
    """Add the SKUs that are new; rename those whose names here are newer.

    `named` has one row per SKU; without an instant a name gives way to any.
    """
    load.register("named", named)
    load.run(statement("skus"))
    load.run(statement("skus_named"))


def numbered(load: Load, lines: pa.Table) -> pa.Table:
    """Return lines with our keys of their SKUs in place of all names."""
    known = read(load, "select sku, sku_id from skus")
    names = lines["sku"].unify_dictionaries().combine_chunks()
    where = pc.index_in(names.dictionary, value_set=known["sku"].combine_chunks())
    ids = known["sku_id"].combine_chunks().take(where).take(names.indices)
    return lines.drop_columns(["sku", "asin", "title"]).append_column("sku_id", ids)
