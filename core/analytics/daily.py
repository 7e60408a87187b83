"""What was ordered on each day?"""


import pyarrow as pa

from core.analytics.question import COMMON, Params, Question, sql_beside
from core.database.workspace_db import WorkspaceDb


def answer(db: WorkspaceDb, params: Params) -> pa.Table:
    """Return one row per SKU, marketplace and day with a counting line."""
    return db.ask(sql_beside(__file__), **_choice(params))


def stream(db: WorkspaceDb, params: Params) -> pa.RecordBatchReader:
    """Return the same, batch by batch."""
    return db.stream(sql_beside(__file__), **_choice(params))


def _choice(params: Params) -> dict[str, object]:
    return {
        "as_of": params.as_of,
        "since": params.since,
        "until": params.until,
        "marketplaces": params.marketplaces(),
        **params.of_skus(),
    }


QUESTION = Question(
    "daily",
    "SKU, marketplace and day with a counting line",
    (*COMMON, "since", "until"),
    answer,
    stream,
)
