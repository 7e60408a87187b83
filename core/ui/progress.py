"""What is being fetched right now, how far is it, and how long will it take?"""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import streamlit as st

from core.services import SyncJob, current
from core.ui import gate
from core.ui.texts import count, duration, plain

if TYPE_CHECKING:
    from core.sync.run import Progress

EVERY_SECONDS = 1.0
_RESULTS = pa.schema(
    {
        "dataset": pa.string(),
        "region": pa.string(),
        "status": pa.string(),
        "rows": pa.int64(),
        "as_of": pa.timestamp("us", "UTC"),
        "message": pa.string(),
        "hint": pa.string(),
    }
)
DATASETS = {
    "participations": "Marketplaces",
    "inventory": "Stock",
    "orders": "Orders",
    "shipments": "Shipments",
    "ledger": "Stock history",
    "catalog": "Titles",
}
REGIONS = {"NA": "Americas", "EU": "Europe", "FE": "Far East"}


def running(workspace_id: str) -> SyncJob | None:
    """Return the sync that runs in a workspace, if one does."""
    job = current().syncs.job(workspace_id)
    return job if job is not None and job.is_running else None


def follow(workspace_id: str, *, is_whole: bool) -> None:
    """Show a running sync; draw the page anew when there is more to see.

    Args:
        workspace_id: Whose sync it is.
        is_whole: A bar per dataset; otherwise one line.
    """
    job = running(workspace_id)
    if job is not None:
        known = current().connections.list_for(workspace_id)
        regions = tuple(dict.fromkeys(one.region for one in known))
        _panel(job, len(_done(job)), regions, is_whole=is_whole)


@st.fragment(run_every=EVERY_SECONDS)
def _panel(
    job: SyncJob, seen: int, regions: tuple[str, ...], *, is_whole: bool
) -> None:
    gate.recheck()
    if not job.is_running or len(_done(job)) != seen:
        st.rerun(scope="app")
    if is_whole:
        _bars(job, regions)
    else:
        _line(job, regions)


def results(workspace_id: str) -> pa.Table:
    """Return how each dataset ended when last synced, one row per region.

    The words about it are there until the program ends: they may hold the
    seller's text, which the control database does not keep.
    """
    job = current().syncs.job(workspace_id)
    rows = [asdict(one) for one in job.results] if job is not None else []
    if not rows:
        runs = current().syncs.history(workspace_id)
        known = next((run.results for run in runs if run.results), ())
        rows = [_remembered(row) for row in known]
    for row in rows:
        row["dataset"] = DATASETS.get(row["dataset"], row["dataset"])
        row["region"] = REGIONS.get(row["region"], row["region"])
    return pa.Table.from_pylist(rows, schema=_RESULTS)


def in_short(ended: pa.Table) -> str:
    """Return in one sentence how a sync ended."""
    fine = ended["status"].to_pylist().count("ok")
    return f"{fine} of {count(ended.num_rows, 'dataset')} are in."


def _remembered(row: dict[str, Any]) -> dict[str, Any]:
    as_of = row["as_of"]
    return row | {"as_of": datetime.fromisoformat(as_of) if as_of else None}


def _done(job: SyncJob) -> "list[Progress]":
    return [one for one in job.progress if one.total and one.done >= one.total]


def _bars(job: SyncJob, regions: tuple[str, ...]) -> None:
    found = {(one.connection, one.dataset): one for one in job.progress}
    for place, region in zip(st.columns(len(regions)), regions, strict=True):
        with place.container(border=True, height="stretch"):
            st.markdown(f"**{plain(REGIONS.get(region, region))}**")
            for dataset, name in DATASETS.items():
                one = found.get((region, dataset))
                if one is None:
                    st.progress(0.0, text=f":gray[{name} – waiting]")
                else:
                    st.progress(_share(one), text=_words(one))


def _line(job: SyncJob, regions: tuple[str, ...]) -> None:
    found, expected = job.progress, len(regions) * len(DATASETS)
    words = f"Syncing: {len(_done(job))} of {count(expected, 'dataset')} are in."
    doing = next((one for one in reversed(found) if one.done < one.total), None)
    if doing is not None:
        region = REGIONS.get(doing.connection, doing.connection)
        words += f" {plain(region)}: {_words(doing)}"
    share = sum(_share(one) for one in found) / max(expected, len(found), 1)
    st.progress(share, text=words)


def _share(one: "Progress") -> float:
    return min(max(one.done / one.total, 0.0), 1.0) if one.total else 0.0


def _words(one: "Progress") -> str:
    name = DATASETS.get(one.dataset, one.dataset)
    if one.total and one.done >= one.total:
        return f"**{plain(name)}** – done"
    left = duration(one.eta_seconds)
    words = f"**{plain(name)}** – {plain(one.doing)}"
    return f"{words} · {left} left" if left else words
