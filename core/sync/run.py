"""Bring a workspace up to date with one connection, dataset after dataset.

The only module that both reads Amazon and writes the workspace file. Every
batch is one transaction with all that follows from it, so a sync may end at
any moment: the next one plans what is not covered yet.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from core.analytics.velocity import refresh_metrics
from core.database.workspace_db import Load, WorkspaceDb
from core.kernel.clock import Clock
from core.kernel.errors import AppError, SyncError
from core.kernel.marketplaces import Marketplace
from core.spapi.client import Amazon
from core.spapi.documents import Document
from core.spapi.operations import OPERATIONS
from core.spapi.reports import ReportRequest, Reports
from core.sync import belief, landing, plan
from core.sync.cover import Interval
from core.sync.datasets import (
    catalog,
    inventory,
    ledger,
    orders,
    participations,
    shipments,
)
from core.sync.progress import DatasetResult, Progress, Steps
from core.sync.remembered import Remembered
from core.sync.source import DATASETS, SyncSource, chosen, ended

__all__ = ["DATASETS", "DatasetResult", "Progress", "SyncSource", "sync"]

CATALOG_CALLS = 120
"""How many catalog calls one sync makes at most: a minute at Amazon's rate."""


@dataclass(slots=True)
class _Pass:
    """One pass over one connection: what every dataset needs."""

    db: WorkspaceDb
    source: SyncSource
    amazon: Amazon
    clock: Clock
    since: int | None
    connection: int = 0
    places: tuple[Marketplace, ...] = ()

    def look_up(self) -> None:
        """Read which connection this is and what it holds."""
        known = landing.connections.holding(self.db, self.source.connection_id)
        self.connection, self.places = known.number, known.marketplaces

    def seller(self) -> orders.Seller:
        """Return since when figures are wanted, and remember it."""
        source = self.source
        stored = landing.connections.first_days(self.db, self.connection)
        first = plan.first_days(
            self.clock.now(),
            source.region,
            self.since,
            source.retention_months,
            stored,
        )
        landing.connections.keep_first_days(self.db, self.connection, first)
        return orders.Seller(source.region, landing.orders.secret(self.db), first)

    def note(self, load: Load, dataset: str, batch: landing.marks.Batch) -> None:
        """Note one batch that is in, and what was bad in it."""
        landing.marks.note(load, dataset, self.connection, self.clock, batch)

    def requests(
        self, kind: str, spans: Sequence[Interval], options: dict[str, str]
    ) -> list[ReportRequest]:
        """Return the reports of some spans of time, of all marketplaces at once."""
        ids = tuple(place.amazon_id for place in self.places)
        return [ReportRequest(kind, ids, *span, options) for span in spans]

    def reports(
        self, requests: Sequence[ReportRequest], steps: Steps, what: str
    ) -> Iterator[tuple[ReportRequest, Document | None]]:
        """Yield the reports in order, while Amazon makes the next ones."""
        steps.plan(len(requests), self.floor("createReport"))
        if requests:
            steps.say(f"Amazon prepares {len(requests)} reports on {what}.")
        yield from Reports(self.amazon, self.remembered).fetch(requests)

    def floor(self, operation: str) -> Callable[[int], float]:
        """Return how long so many calls take at least, as Amazon limits them."""
        burst = OPERATIONS[operation].burst
        return lambda calls: max(0, calls - burst) / self.amazon.rate(operation)

    @property
    def remembered(self) -> Remembered:
        """Return the reports that were asked for and are not loaded yet."""
        return Remembered(self.db, self.connection, self.clock)


def sync(
    db: WorkspaceDb,
    connection: SyncSource,
    amazon: Amazon,
    *,
    datasets: Sequence[str] | None = None,
    since: int | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    stop: threading.Event | None = None,
) -> list[DatasetResult]:
    """Fetch what is stale and load it; a dataset that fails becomes a result.

    Args:
        db: The workspace.
        connection: Whose figures are fetched.
        amazon: The client of that connection; its calendar decides.
        datasets: Names out of `DATASETS`; None means all.
        since: How many days back; None goes on as before.
        progress: Told of every step, from this thread.
        stop: Set by whoever wants the sync to end.

    Raises:
        InputError: A dataset is unknown, or `since` is beyond the retention.
    """
    wanted, clock = chosen(datasets), amazon.clock
    plan.check_since(clock.today(), since, connection.retention_months)
    landing.connections.register(db, [(connection.connection_id, connection.region)])
    job = _Pass(db, connection, amazon, clock, since)
    job.look_up()
    if not job.places and "participations" not in wanted:
        wanted = ("participations", *wanted)
    results = []
    for dataset in wanted:
        steps = Steps(
            connection.region, dataset, clock, progress, stop or threading.Event()
        )
        results.append(_one(job, dataset, steps))
    refresh_metrics(db)
    return results


def _one(job: _Pass, dataset: str, steps: Steps) -> DatasetResult:
    """Run one dataset; whatever goes wrong becomes its result."""
    failure: AppError | None = None
    try:
        if dataset != "participations" and not job.places:
            raise SyncError(
                "It is not known yet in which marketplaces this account sells.",
                "Sync again; check the connection if participations fail.",
            )
        _PASSES[dataset](job, steps)
    except AppError as error:
        failure = error
    as_of = landing.marks.last_load(job.db, dataset, job.connection)
    result = ended(job.source, dataset, steps.rows, as_of, failure)
    if dataset == "participations":
        codes = tuple(place.code for place in job.places)
        return replace(result, marketplaces=codes)
    return result


def _participations(job: _Pass, steps: Steps) -> None:
    steps.plan(1)
    steps.say("Asking in which marketplaces the account sells.")
    table = participations.rows(participations.fetch(job.amazon))
    places = participations.held(table, job.source.region)
    if not places:
        raise SyncError(
            f"The account takes part in no marketplace of {job.source.region}.",
            "Check that the connection's region is the account's.",
        )
    with job.db.load() as load:
        landing.connections.land(load, job.connection, [p.number for p in places])
        landing.orders.refresh_complete_days(load)
        landing.ledger.refresh_covered_days(load)
        job.note(load, "participations", landing.marks.Batch(len(places)))
    job.look_up()
    steps.finish(len(places), "The marketplaces are known.")


def _inventory(job: _Pass, steps: Steps) -> None:
    steps.plan(len(job.places))
    for place in job.places:
        steps.say(f"Walking through the stock of {place.code}.")
        walk = inventory.rows(inventory.fetch(job.amazon, place, steps.say))
        taken_at = job.clock.now()
        before = landing.inventory.last_walk(job.db, job.connection, place.number)
        if before:
            belief.check_walk(walk.num_rows, before[1], taken_at - before[0])
        with job.db.load() as load:
            landing.inventory.land(load, job.connection, place, taken_at, walk)
            batch = landing.marks.Batch(walk.num_rows, marketplace=place.number)
            job.note(load, "inventory", batch)
        steps.finish(walk.num_rows, f"The stock of {place.code} is in.")


def _orders(job: _Pass, steps: Steps) -> None:
    seller, began = job.seller(), job.clock.now()
    known = landing.orders.known(job.db, job.connection)
    windows = plan.order_windows(plan.start_of(seller.first_days), began, known)
    requests = [
        request
        for window in windows
        for request in job.requests(window.report_type, [window.asked], {})
    ]
    reports = job.reports(requests, steps, "orders")
    for window, (request, document) in zip(windows, reports, strict=True):
        found = orders.read(document, seller, window.asked)
        with job.db.load() as load:
            landing.orders.land(load, job.connection, found.lines)
            landing.orders.hold_back(load, job.connection, found.waiting, began)
            landing.orders.widen(load, job.connection, window, began)
            job.remembered.loaded(load, request)
            job.note(load, "orders", landing.marks.batch(found, window.asked))
        steps.finish(found.lines.num_rows, f"Orders {found.source} are in.")
    if len(windows) > 1:
        with job.db.load() as load:
            landing.orders.put_in_order(load)


def _ledger(job: _Pass, steps: Steps) -> None:
    first = job.seller().first_days[0]
    covered = landing.ledger.covers(job.db).get(job.connection, [])
    asked = landing.ledger.asked(job.db, job.connection, plan.LEDGER)
    blocks = plan.ledger_blocks(job.clock.now(), first, job.places, covered, asked)
    spans = [ledger.span(days) for days in blocks]
    requests = job.requests(plan.LEDGER, spans, ledger.OPTIONS)
    reports = job.reports(requests, steps, "stock movements")
    for days, (request, document) in zip(blocks, reports, strict=True):
        found = ledger.read(document, days, job.source.region)
        if not found.lines.num_rows:
            beside = landing.ledger.stock_beside(job.db, job.connection, days)
            belief.check_no_stock(beside)
        with job.db.load() as load:
            landing.ledger.land(load, job.connection, days, found.lines, found.named)
            landing.ledger.widen(load, job.connection, days)
            job.remembered.loaded(load, request)
            job.note(load, "ledger", landing.marks.batch(found, ledger.span(days)))
        steps.finish(found.lines.num_rows, f"Stock movements {found.source} are in.")


def _shipments(job: _Pass, steps: Steps) -> None:
    now = job.clock.now()
    steps.plan(1)
    steps.say("Asking which shipments are on their way.")
    last = landing.shipments.last_walk(job.db, job.connection)
    since = plan.shipments_since(job.seller().first_days, last)
    followed = landing.shipments.followed(job.db, job.connection, now)
    wanted = shipments.Wanted(since, now, followed)
    listed = shipments.rows(shipments.fetch(job.amazon, job.places, wanted))
    steps.plan(listed.num_rows + 1, job.floor("getShipmentItemsByShipmentId"))
    items = []
    for shipment_id in listed["shipment_id"].to_pylist():
        items += shipments.fetch_items(job.amazon, shipment_id, job.places[0])
        steps.finish(0, f"Counting what was received of {shipment_id}.")
    with job.db.load() as load:
        contents = shipments.item_rows(items)
        landing.shipments.land(load, job.connection, now, listed, contents)
        job.note(load, "shipments", landing.marks.Batch(listed.num_rows))
    steps.finish(listed.num_rows, "The shipments are in.")


def _catalog(job: _Pass, steps: Steps) -> None:
    now = job.clock.now()
    todo = [
        (place, asins)
        for place in job.places
        for asins in catalog.batches(
            landing.catalog.missing(job.db, job.connection, place, now)
        )
    ][:CATALOG_CALLS]
    steps.plan(len(todo), job.floor("searchCatalogItems"))
    for place, asins in todo:
        steps.say(f"Looking up names in {place.code}.")
        found = catalog.rows(catalog.fetch(job.amazon, place, asins), place, asins)
        with job.db.load() as load:
            landing.catalog.land(load, place, now, found)
            batch = landing.marks.Batch(found.num_rows, marketplace=place.number)
            job.note(load, "catalog", batch)
        steps.finish(found.num_rows, f"{len(asins)} names of {place.code} are in.")


_PASSES: dict[str, Callable[[_Pass, Steps], None]] = {
    "participations": _participations,
    "inventory": _inventory,
    "orders": _orders,
    "ledger": _ledger,
    "shipments": _shipments,
    "catalog": _catalog,
}
