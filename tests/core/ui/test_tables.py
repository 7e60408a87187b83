"""Does a grid name, format and explain every column?"""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from core.analytics import issues
from core.analytics.question import QUESTIONS, Params, ask
from core.database.workspace_db import WorkspaceDb
from core.ui import tables
from core.ui.charts import palette

SHOWN_NOWHERE = {"sales_as_of", "source", "first_day", "closed_day"}


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_column_of_an_answer_has_a_heading(name: str, db: WorkspaceDb) -> None:
    columns = set(ask(db, name).column_names) - SHOWN_NOWHERE
    unknown = {
        column
        for column in columns - set(tables.COLUMNS)
        if not column.startswith(("in_stock_days_", "uncovered_days_"))
    }
    assert not unknown


def test_what_could_not_be_used_has_headings(db: WorkspaceDb) -> None:
    for asked in (issues.newest, issues.quarantine):
        assert set(asked(db, Params()).column_names) <= set(tables.COLUMNS)


def test_headings_of_figures_say_what_they_mean() -> None:
    silent = {
        name
        for name, column in tables.COLUMNS.items()
        if column.kind in ("rate", "days", "money") and not column.meaning
    }
    assert not silent


def test_an_instant_keeps_its_time_where_a_day_has_none() -> None:
    day = tables.config(pa.table({"as_of": pa.array([None], pa.date32())}))
    now = datetime(2026, 3, 1, 4, 5, tzinfo=UTC)
    instant = tables.config(pa.table({"as_of": [now]}))
    assert day["as_of"]["type_config"]["format"] == "D MMM YYYY"
    assert instant["as_of"]["type_config"]["format"] == "D MMM YYYY, HH:mm"


def test_the_states_of_the_chart_are_all_states_of_stock(db: WorkspaceDb) -> None:
    drawn = [column for state in palette.STATES for column in state.columns]
    answer = ask(db, "inventory").column_names
    assert len(drawn) == len(set(drawn)) == 9
    assert set(drawn) <= set(answer)
