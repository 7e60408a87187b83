"""Is what one workspace was answered never shown to another?"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from core.analytics.question import Params, Question, ask
from core.database.workspace_db import WorkspaceDb
from core.ui import frame

MINE = ("workspace-1", "version-1", "owner")


class Counted:
    """A question that counts how often it was really asked."""

    def __init__(self) -> None:
        self.times = 0
        self.question = Question("counted", "row", ("sku",), self._answer)

    def _answer(self, db: WorkspaceDb, params: Params) -> pa.Table:
        del db
        self.times += 1
        return pa.table({"sku": [params.sku or ""]})


@pytest.fixture
def counted() -> Iterator[Counted]:
    frame._answer.clear()
    yield Counted()
    frame._answer.clear()


def read(
    counted: Counted,
    db: WorkspaceDb,
    key: tuple[str, str, str] = MINE,
    **params: str,
) -> pa.Table:
    given = tuple(sorted(params.items()))
    return frame._answer(key, counted.question.name, given, counted.question, db)


def test_the_same_question_is_asked_once(counted: Counted, db: WorkspaceDb) -> None:
    assert read(counted, db, sku="A") is read(counted, db, sku="A")
    assert counted.times == 1


@pytest.mark.parametrize(
    "other",
    [
        ("workspace-2", "version-1", "owner"),
        ("workspace-1", "version-2", "owner"),
        ("workspace-1", "version-1", "viewer"),
    ],
)
def test_another_workspace_version_or_role_is_asked_anew(
    counted: Counted, db: WorkspaceDb, other: tuple[str, str, str]
) -> None:
    read(counted, db)
    read(counted, db, key=other)
    assert counted.times == 2


def test_another_parameter_is_asked_anew(counted: Counted, db: WorkspaceDb) -> None:
    assert read(counted, db, sku="A")["sku"].to_pylist() == ["A"]
    assert read(counted, db, sku="B")["sku"].to_pylist() == ["B"]


def test_another_question_is_asked_anew(counted: Counted, db: WorkspaceDb) -> None:
    read(counted, db)
    counted.question = replace(counted.question, name="other")
    read(counted, db)
    assert counted.times == 2


def test_an_answer_cannot_be_changed_by_who_shares_it(db: WorkspaceDb) -> None:
    answer = ask(db, "inventory")
    with pytest.raises(TypeError):
        answer["sku"][0] = "other"


def test_stock_that_runs_out_first_is_on_top_and_the_idle_last(
    db: WorkspaceDb,
) -> None:
    rows = frame.soonest(ask(db, "coverage"))
    assert rows["sku"].to_pylist() == ["B", "A", "C"]


def test_a_column_of_units_has_a_total(db: WorkspaceDb) -> None:
    assert frame.total(ask(db, "inventory"), "fulfillable") == "77"


def test_the_days_of_an_answer_are_said_as_one_or_as_a_span() -> None:
    days = pa.table({"as_of": [date(2026, 3, 1), date(2026, 3, 2)]})
    assert frame.as_of_words(days.slice(0, 1)) == "As of 1 Mar 2026."
    assert frame.as_of_words(days) == "As of 1 Mar 2026 to 2 Mar 2026."
    assert frame.as_of_words(days.slice(0, 0)) == ""
