"""Which marketplaces does a seller account take part in?"""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.kernel.marketplaces import MARKETPLACES, Marketplace, Region
from core.spapi.client import Amazon

ANSWER = pa.schema(
    [
        ("marketplace", pa.struct([("id", pa.string())])),
        ("participation", pa.struct([("isParticipating", pa.bool_())])),
    ]
)


def fetch(amazon: Amazon) -> list[dict[str, Any]]:
    """Return one entry per marketplace that the account knows."""
    answer: list[dict[str, Any]] = amazon.call("getMarketplaceParticipations").payload
    return answer


def rows(batch: Sequence[dict[str, Any]]) -> pa.Table:
    """Return one row per marketplace: its id and whether the seller sells there."""
    table = pa.Table.from_pylist(list(batch), schema=ANSWER)
    return pa.table(
        {
            "amazon_id": pc.struct_field(table["marketplace"], "id"),
            "is_taking_part": pc.struct_field(
                table["participation"], "isParticipating"
            ),
        }
    )


def held(participations: pa.Table, region: Region) -> list[Marketplace]:
    """Return the marketplaces of a region that we know and the seller is in."""
    there = participations.filter(participations["is_taking_part"])
    names = set(there["amazon_id"].to_pylist())
    return [m for m in MARKETPLACES if m.amazon_id in names and m.region == region]
