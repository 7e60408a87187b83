"""What came in and could not be used?"""

import pyarrow as pa

from core.analytics.question import Params, sql_beside
from core.database.workspace_db import WorkspaceDb

MOST_ISSUES = 1000


def newest(db: WorkspaceDb, params: Params) -> pa.Table:
    """Return one row per piece of bad data, the newest first."""
    del params  # issues are those of the whole workspace
    return db.ask(sql_beside(__file__), most=MOST_ISSUES)


def quarantine(db: WorkspaceDb, params: Params) -> pa.Table:
    """Return one row per sales channel that we do not know: its waiting lines."""
    del params
    return db.ask(
        "select sales_channel, count(*) as lines, max(seen_at) as seen_at"
        " from quarantined_lines group by sales_channel order by lines desc"
    )
