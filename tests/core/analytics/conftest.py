import pytest

from tests.building.workspaces import fresh_workspace


@pytest.fixture
def db(tmp_path):
    found = fresh_workspace(tmp_path)
    yield found
    found.close()
