"""What tests of accounts have: a control database of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.building.accounts import Accounts, accounts_in


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    with accounts_in(tmp_path) as opened:
        yield opened
