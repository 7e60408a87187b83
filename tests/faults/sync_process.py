"""One sync in a process of its own, so that it can be killed.

Says `step` on standard output at every step, and `done` at the end.
"""

import json
import sys
from datetime import datetime
from pathlib import Path

from core.database.workspace_db import open_file
from core.kernel.clock import SystemClock
from tests.building.sandbox import SellerLine
from tests.building.syncing import sync_all
from tests.building.workspaces import KEY


def main(path: str, now: str, since: str, lines: str) -> None:
    db = open_file(Path(path), KEY, temp_dir=Path(path).parent / "temp")
    results = sync_all(
        db,
        [SellerLine(**line) for line in json.loads(lines)],
        SystemClock(datetime.fromisoformat(now)),
        since=int(since),
        progress=lambda _: print("step", flush=True),
    )
    bad = [result for result in results if result.status != "ok"]
    db.close()
    print(bad or "done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
