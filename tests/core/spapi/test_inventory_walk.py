"""The walk of a large seller stays at Amazon's floor."""

import pytest

from tests.bench import inventory_walk


@pytest.mark.slow
def test_a_full_walk_takes_the_floor_and_is_never_refused() -> None:
    for name, measured, limit, _ in inventory_walk.rows():
        assert measured <= limit, name
