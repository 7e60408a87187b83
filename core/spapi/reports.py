"""Where is the report? Looked for first, asked for once, waited for politely.

A second report of the same kind within its freshness ends FATAL at Amazon, so
one that was asked for earlier, also by a sync that was killed, is found again:
by the id that was remembered, else in Amazon's own list.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus

from core.kernel.errors import (
    ReportFailedError,
    RequestRefusedError,
    SpApiError,
    UnavailableError,
)
from core.spapi.answers import Json
from core.spapi.client import Amazon
from core.spapi.documents import Document
from core.spapi.report_requests import (
    FOUR_HOURS,
    SKEW,
    RememberedReports,
    ReportRequest,
    is_alike,
    is_fresh,
    specified,
)

__all__ = ["RememberedReports", "ReportRequest", "Reports", "fetch_report"]

OUTSTANDING = 15
"""How many reports may be in the making: Amazon's burst of createReport."""
PATIENCE_SECONDS = 45 * 60.0
SHORTEST_PAUSE, LONGEST_PAUSE = 0.3, 20.0
CALM_RATE = 2.0
"""At Amazon's own rate of getReport the first pause is longer."""


@dataclass(slots=True)
class Pending:
    """A report in the making.

    Attributes:
        is_found: It was asked for earlier, not by us now.
        has_failed: Another one like it ended FATAL already.
        is_doubted: It was CANCELLED once, where that must be said twice.
    """

    request: ReportRequest
    report_id: str
    is_found: bool
    since: float
    document_id: str = ""
    has_failed: bool = False
    is_doubted: bool = False


class Reports:
    """The reports of one run over one connection."""

    def __init__(self, amazon: Amazon, remembered: RememberedReports) -> None:
        self._amazon = amazon
        self._remembered = remembered
        self._listed: dict[str, list[Json]] = {}

    def submit(self, request: ReportRequest) -> Pending:
        """Find a report or ask for it; does not wait for it."""
        known = self._remembered.find(request)
        if known:
            return self._pending(request, known, is_found=True)
        listed = self._find(request)
        if listed:
            self._remembered.remember(request, listed)
            return self._pending(request, listed, is_found=True)
        return self._ask(request)

    def wait(self, pending: Pending) -> Document | None:
        """Return the document, None where Amazon has no data.

        Raises:
            ReportFailedError: Amazon could not make it.
            UnavailableError: It is not ready after 45 minutes.
        """
        while not self._is_over(pending):
            self._pause(pending)
        return self._document(pending)

    def fetch(
        self, requests: Iterable[ReportRequest]
    ) -> Iterator[tuple[ReportRequest, Document | None]]:
        """Yield each report's document in order, several being made meanwhile."""
        todo, pending = deque(requests), deque[Pending]()
        while todo or pending:
            while todo and self._may_submit(len(pending)):
                pending.append(self.submit(todo.popleft()))
            head = pending[0]
            if not self._is_over(head):
                self._pause(head)
                continue
            pending.popleft()
            yield head.request, self._document(head)

    def _may_submit(self, outstanding: int) -> bool:
        if not outstanding:
            return True
        return outstanding < OUTSTANDING and self._amazon.ready("createReport")

    def _ask(self, request: ReportRequest) -> Pending:
        try:
            answer = self._amazon.call("createReport", **specified(request))
        except UnavailableError:
            # It may have been made all the same.
            listed = self._find(request, anew=True)
            if not listed:
                answer = self._amazon.call("createReport", **specified(request))
                listed = str(answer.payload["reportId"])
        else:
            listed = str(answer.payload["reportId"])
        self._remembered.remember(request, listed)
        return self._pending(request, listed, is_found=False)

    def _pending(
        self, request: ReportRequest, report_id: str, *, is_found: bool
    ) -> Pending:
        return Pending(request, report_id, is_found, self._amazon.clock.monotonic())

    def _is_over(self, pending: Pending) -> bool:
        """Look after a report once; a lost one is asked for anew."""
        try:
            report = self._amazon.call("getReport", reportId=pending.report_id).payload
        except RequestRefusedError as error:
            if not (pending.is_found and _is_unknown(error)):
                raise
            self._replace(pending)
            return False
        status = report["processingStatus"]
        if status == "FATAL":
            self._after_fatal(pending)
            return False
        may_doubt = pending.request.is_asked_twice and not pending.is_doubted
        if status == "CANCELLED" and may_doubt:
            self._replace(pending)
            pending.is_doubted = True
            return False
        if status == "DONE":
            pending.document_id = str(report.get("reportDocumentId") or "")
            if not pending.document_id:
                raise _failed(pending, "names no document")
        return status in ("DONE", "CANCELLED")

    def _document(self, pending: Pending) -> Document | None:
        if not pending.document_id:
            self._remembered.forget(pending.request)
            return None
        fallback = pending.request.fallback
        try:
            return self._amazon.document(pending.document_id, fallback=fallback)
        except RequestRefusedError as error:
            if not (pending.is_found and _is_unknown(error)):
                raise
        self._replace(pending)
        return self.wait(pending)

    def _after_fatal(self, pending: Pending) -> None:
        """Look once for another one that Amazon made meanwhile, or ask anew."""
        self._remembered.forget(pending.request)
        if pending.has_failed:
            raise _failed(pending, "could not be made")
        pending.has_failed = True
        other = self._find(pending.request, anew=True)
        if other and other != pending.report_id:
            self._remembered.remember(pending.request, other)
            pending.report_id = other
        elif pending.is_found:
            self._replace(pending)
        else:
            raise _failed(pending, "could not be made")

    def _replace(self, pending: Pending) -> None:
        self._remembered.forget(pending.request)
        fresh = self._ask(pending.request)
        pending.report_id, pending.is_found = fresh.report_id, False
        pending.since, pending.document_id = fresh.since, ""

    def _pause(self, pending: Pending) -> None:
        age = self._amazon.clock.monotonic() - pending.since
        if age > PATIENCE_SECONDS:
            raise UnavailableError(
                f"Amazon is still making {pending.request.report_type}.",
                "The next sync looks after the same report.",
            )
        is_calm = self._amazon.rate("getReport") <= CALM_RATE
        shortest = SHORTEST_PAUSE * (5 if is_calm else 1)
        self._amazon.wait(min(LONGEST_PAUSE, max(shortest, age / 4)))

    def _find(self, request: ReportRequest, *, anew: bool = False) -> str | None:
        """Return the id of the newest report like this one that is still fresh."""
        if anew or request.report_type not in self._listed:
            self._listed[request.report_type] = self._list(request.report_type)
        clocks = (self._amazon.clock.now(), self._amazon.clock.instant())
        alike = [
            report
            for report in self._listed[request.report_type]
            if is_alike(report, request) and is_fresh(report, request, clocks)
        ]
        alike.sort(key=lambda report: str(report["createdTime"]))
        return str(alike[-1]["reportId"]) if alike else None

    def _list(self, report_type: str) -> list[Json]:
        clock = self._amazon.clock
        pages = self._amazon.whole(
            "getReports",
            reportTypes=[report_type],
            processingStatuses=["DONE", "IN_PROGRESS", "IN_QUEUE"],
            pageSize=100,
            createdSince=min(clock.now(), clock.instant()) - FOUR_HOURS - SKEW,
        )
        return [report for page in pages for report in page["reports"]]


def fetch_report(
    amazon: Amazon, request: ReportRequest, *, remembered: RememberedReports
) -> Document | None:
    """Return one report's document, None where Amazon has no data."""
    reports = Reports(amazon, remembered)
    return reports.wait(reports.submit(request))


def _is_unknown(error: SpApiError) -> bool:
    return error.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND)


def _failed(pending: Pending, reason: str) -> ReportFailedError:
    return ReportFailedError(
        f"Amazon's report {pending.request.report_type} {reason}.",
        "The next sync asks again; Amazon makes most reports once in 30 minutes.",
        code="FATAL",
    )
