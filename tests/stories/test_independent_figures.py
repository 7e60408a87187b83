"""Velocity and coverage equal a computation written from the definitions."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from core.analytics.question import ask
from core.analytics.velocity import refresh_metrics
from core.database.workspace_db import WorkspaceDb
from tests.building import oracle
from tests.building.workspaces import fresh_workspace
from tests.building.worlds import NEWEST, put, random_world

EXACT = 1e-9
DAYS = (None, NEWEST, NEWEST - 12, NEWEST - 130)


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    found = fresh_workspace(tmp_path_factory.mktemp("worlds"))
    yield found
    found.close()


def differences(
    answer: pa.Table, place: str, expected: dict[tuple[str, str], dict[str, Any]]
) -> list[str]:
    found = {(row["sku"], row[place]): row for row in answer.to_pylist()}
    wrong = [f"only one of both has {key}" for key in found.keys() ^ expected.keys()]
    for key in found.keys() & expected.keys():
        for name, value in expected[key].items():
            if not is_same(found[key][name], value):
                wrong.append(f"{key} {name}: {found[key][name]}, expected {value}")
    return wrong


def is_same(found: Any, expected: Any) -> bool:
    if isinstance(found, float) and expected is not None:
        return abs(found - expected) <= EXACT * max(1.0, abs(expected))
    return found == expected


def check(db: WorkspaceDb, seed: int, days: tuple[int | None, ...] = DAYS) -> None:
    world, rows = random_world(seed)
    put(db, rows)
    for day in days:
        params = {"as_of": date.fromordinal(day).isoformat()} if day else {}
        velocity = ask(db, "velocity", params)
        assert not differences(velocity, "marketplace", oracle.velocity(world, day))
        coverage = ask(db, "coverage", params)
        assert not differences(coverage, "pool", oracle.coverage(world, day))
    computed = ask(db, "velocity")
    refresh_metrics(db)
    assert ask(db, "velocity").equals(computed)
    oracle.forget()


@pytest.mark.parametrize("seed", range(8))
def test_a_few_random_sellers(db: WorkspaceDb, seed: int) -> None:
    check(db, seed)


@pytest.mark.slow
def test_two_hundred_random_sellers(db: WorkspaceDb) -> None:
    for seed in range(1000, 1200):
        check(db, seed, (None, DAYS[seed % len(DAYS)]))
