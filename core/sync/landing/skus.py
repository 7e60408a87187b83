"""How is a batch's SKU found among ours?"""

import pyarrow as pa

from core.database.workspace_db import Load
from core.sync.landing.statements import statement

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
