"""What does every page have around its own: gate, header, filters, answers?

Here is the only cache of answers, keyed by workspace, version, role and
everything that was asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from core.accounts import roles
from core.accounts.workspaces import Workspace
from core.analytics import overview, question
from core.analytics.question import Params, Question
from core.database.workspace_db import WorkspaceDb
from core.kernel.errors import AppError
from core.services import current
from core.ui import forms, gate, notices, progress, tables, texts
from core.ui.charts.figure import Chart
from core.ui.gate import Visitor

Drawn = TypeVar("Drawn")
MOST_ANSWERS = 64
_SERIES_PARAMS = (*question.COMMON, "since", "until")
_NO_TOOLS = {"displayModeBar": False, "scrollZoom": False}


@dataclass(frozen=True, slots=True)
class Page:
    """One page in front of one visitor, whose workspace has figures.

    Attributes:
        filters: What was chosen for all pages, as parameters of questions.
    """

    visitor: Visitor
    workspace: Workspace
    filters: Mapping[str, str]

    def ask(self, name: str, **params: str) -> pa.Table:
        """Return the answer to a question, filters applied."""
        with notices.said():
            return self._cached(question.find(name), params)

    def read(
        self, series: Callable[[WorkspaceDb, Params], Drawn], **params: str
    ) -> Drawn:
        """Return what a function of `core.analytics` makes, filters applied.

        Args:
            series: What charts are drawn from and is no question of its own.
            params: Further parameters; empty ones are as if not given.
        """
        name = f"{series.__module__}.{series.__qualname__}"
        as_question = Question(name, "", _SERIES_PARAMS, series)
        with notices.said():
            found: Drawn = self._cached(as_question, params)
        return found

    def _cached(self, asked: Question, params: Mapping[str, str]) -> Any:
        roles.require(self.workspace.role, "read")
        given = dict(self.filters) | {k: v for k, v in params.items() if v}
        db = current().open_workspaces.get(self.workspace.workspace_id)
        key = (self.workspace.workspace_id, db.version, self.workspace.role)
        return _answer(key, asked.name, tuple(sorted(given.items())), asked, db)

    def csv(self, name: str, label: str = "CSV", **params: str) -> None:
        """Link to what is on screen as a file, through the API."""
        given = {key: value for key, value in params.items() if value}
        query = urlencode(dict(self.filters) | given)
        address = f"/api/v1/{self.workspace.name}/{name}.csv"
        st.link_button(
            label,
            f"{address}?{query}" if query else address,
            icon=":material/download:",
            help="All rows of this question with the filters as they are.",
        )

    def days_ago(self, days: int) -> str:
        """Return the day so many days before the calendar's, as a parameter."""
        return (current().clock.today() - timedelta(days=days)).isoformat()

    def figures(self, *figures: tuple[str, str, str]) -> None:
        """Show figures side by side: label, value and what belongs to it."""
        with st.grid(len(figures), min_column_width=122):
            for label, value, note in figures:
                st.metric(
                    label,
                    texts.plain(value),
                    note or None,
                    delta_color="off",
                    delta_arrow="off",
                    border=True,
                    height="stretch",
                )

    def heading(self, text: str) -> None:
        """Show what the part below is about."""
        st.subheader(texts.plain(text), anchor=False)

    def draw(self, chart: Chart, title: str) -> None:
        """Draw a chart under its title, and say below what it shows."""
        self.heading(title)
        st.plotly_chart(chart.figure, alt=chart.summary, config=_NO_TOOLS)
        st.caption(texts.plain(chart.summary))

    def halves(self) -> Sequence[Any]:
        """Return two places side by side; on a phone one below the other."""
        return st.columns(2, gap="medium")

    def grid(
        self, name: str, answer: pa.Table, order: Sequence[str] = (), **params: str
    ) -> None:
        """Show an answer as a grid, with its day and its file above."""
        grain = question.find(name).grain
        with st.container(
            horizontal=True,
            horizontal_alignment="distribute",
            vertical_alignment="center",
        ):
            rows = texts.count(answer.num_rows, "row")
            st.caption(f"{rows}, one per {grain}. {as_of_words(answer)}")
            self.csv(name, **params)
        if answer.num_rows:
            tables.grid(answer, alt=f"{name}: {grain}", order=tuple(order))
        else:
            notices.nothing("Nothing fits the filters.", "Clear one of them.")

    def pick_sku(self, answer: pa.Table) -> str:
        """Draw the choice of one SKU among those of an answer; empty means all."""
        found = pc.unique(answer["sku"]).to_pylist()
        chosen = st.selectbox(
            "SKU",
            found,
            index=None,
            key="sku",
            placeholder="All SKUs",
            bind="query-params",
        )
        asked = st.query_params.get("sku")
        if asked and not chosen:
            st.caption(f"{texts.plain(asked)} does not fit the filters: all are shown.")
        return chosen or ""


def open_page(title: str, *, needs_figures: bool = True, is_home: bool = False) -> Page:
    """Return the page of a visitor; where figures are missing, show the way.

    Args:
        title: What stands at the top.
        needs_figures: Whether the page has nothing to show without any.
        is_home: Whether the first sync is shown there bar by bar.
    """
    visitor = _visitor()
    st.set_page_config(page_title=f"{title} – Stockener", layout="wide")
    workspace = visitor.workspace
    loads = _loads(visitor, workspace) if workspace else []
    with st.sidebar:
        forms.choose_workspace(visitor)
        chosen = {}
        if workspace and loads and needs_figures:
            chosen = forms.filters(workspace, title)
        _signed_in(visitor)
    st.title(title, anchor=False)
    if workspace is None:
        forms.welcome(visitor)
        st.stop()
    st.caption(f"{texts.plain(workspace.title)} · {_freshness(loads)}")
    if needs_figures and not loads:
        _before_the_first_data(visitor, workspace)
        st.stop()
    is_first = is_home and not progress.DATASETS.keys() <= {
        row["dataset"] for row in loads
    }
    progress.follow(workspace.workspace_id, is_whole=is_first or not needs_figures)
    return Page(visitor, workspace, chosen)


def _visitor() -> Visitor:
    try:
        return gate.enter()
    except AppError as error:
        notices.refused(error)
        st.button("Show what is mine", on_click=st.query_params.clear)
        st.stop()


def _loads(visitor: Visitor, workspace: Workspace) -> list[dict[str, Any]]:
    """Return how fresh each dataset is; say it when some figures were lost."""
    page = Page(visitor, workspace, {})
    with notices.said():
        db = current().open_workspaces.get(workspace.workspace_id)
        if db.notice:
            notices.warning(db.notice)
    found: list[dict[str, Any]] = page.read(_fresh).to_pylist()
    return found


def _fresh(db: WorkspaceDb, params: Params) -> pa.Table:
    del params  # freshness is that of the whole workspace
    return overview.freshness(db)


def total(answer: pa.Table, column: str) -> str:
    """Return the sum of a column of units, as text."""
    return texts.number(pc.sum(answer[column]).as_py())


def soonest(coverage: pa.Table) -> pa.Table:
    """Return coverage in the order in which stock runs out, the idle last."""
    keys = [("days_of_cover", "ascending", "at_end"), ("sku", "ascending", "at_end")]
    return coverage.take(pc.sort_indices(coverage, keys))


def as_of_words(answer: pa.Table) -> str:
    """Return which days an answer speaks of."""
    days = pc.min_max(answer["as_of"]).as_py()
    if days["min"] is None:
        return ""
    if days["min"] == days["max"]:
        return f"As of {texts.day(days['max'])}."
    return f"As of {texts.day(days['min'])} to {texts.day(days['max'])}."


def _freshness(loads: list[dict[str, Any]]) -> str:
    words = []
    for dataset in ("orders", "inventory", "shipments"):
        instants = [row["as_of"] for row in loads if row["dataset"] == dataset]
        if instants:
            label = progress.DATASETS[dataset].lower()
            words.append(f"{label} as of {texts.instant(min(instants))}")
    return " · ".join(words) or "no figures yet"


def _before_the_first_data(visitor: Visitor, workspace: Workspace) -> None:
    if progress.running(workspace.workspace_id):
        st.write("Your figures are on the way. Pages fill as soon as they arrive.")
        progress.follow(workspace.workspace_id, is_whole=True)
        return
    if not current().connections.list_for(workspace.workspace_id):
        with st.container(border=True, width=620):
            st.subheader("Connect Amazon", anchor=False)
            forms.connect(visitor, workspace)
        return
    notices.nothing(
        "Nothing has been synced yet.", "The first sync brings up to two years."
    )
    forms.sync_now(visitor, workspace)


def _signed_in(visitor: Visitor) -> None:
    with st.container(
        key="signed_in",
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
    ):
        st.caption(texts.plain(visitor.user.name or visitor.user.email))
        st.button("Sign out", on_click=gate.sign_out, type="tertiary")


@st.cache_resource(max_entries=MOST_ANSWERS, show_spinner=False)
def _answer(
    key: tuple[str, str, str],  # noqa: ARG001  workspace, version and role
    name: str,  # noqa: ARG001  it stands for what is asked, which has no hash
    params: tuple[tuple[str, str], ...],
    _asked: Question,
    _db: WorkspaceDb,
) -> Any:
    """Return an answer; Arrow tables cannot be changed, so all may share it."""
    return _asked.answer(_db, question.parse(_asked, dict(params)))
