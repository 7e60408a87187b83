from collections.abc import Iterator
from pathlib import Path

import pytest

from core.database.workspace_db import WorkspaceDb
from tests.building.workspaces import fresh_workspace


@pytest.fixture
def db(tmp_path: Path) -> Iterator[WorkspaceDb]:
    found = fresh_workspace(tmp_path)
    yield found
    found.close()
