"""Which reports were asked for, and what became of them?

IN_QUEUE, IN_PROGRESS, then DONE with a document, CANCELLED without data, or
FATAL. Freshness counts on the real clock; windows by the calendar.
"""

import hashlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.kernel import log
from core.kernel.clock import Clock
from core.spapi.sandbox.buckets import Rates
from core.spapi.sandbox.faults import Faults
from core.spapi.sandbox.reports import kinds, orders
from core.spapi.sandbox.reports.documents import Document, Documents
from core.spapi.sandbox.reports.flat_files import FlatFile
from core.spapi.sandbox.world.model import Seller, World

MAX_ORDER_WINDOW = timedelta(days=30)
_LOG = log.get(__name__)
TOO_WIDE = "Date range exceeded. Report can be requested only upto 30 days"


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for: the same request within its freshness is refused."""

    seller_id: str
    report_type: str
    marketplace_ids: tuple[str, ...]
    start: datetime
    end: datetime
    options: tuple[tuple[str, str], ...]
    dated: bool

    @property
    def identity(self) -> tuple[object, ...]:
        """Return what makes two requests the same."""
        dates = (self.start, self.end) if self.dated else ()
        places = tuple(sorted(self.marketplace_ids))
        return self.seller_id, self.report_type, places, dates, self.options


@dataclass(slots=True)
class Report:
    """One report and its life."""

    report_id: str
    request: Request
    created: datetime
    asked_at: float
    seconds: float
    verdict: str
    making: "Future[Document | None] | None"
    ended: datetime | None = None

    def status(self, clock: Clock) -> str:
        """Return the processing status now."""
        age = clock.monotonic() - self.asked_at
        if age < self.seconds * 0.4:
            return "IN_QUEUE"
        if age < self.seconds or (self.making and not self.making.done()):
            return "IN_PROGRESS"
        self.ended = self.ended or clock.instant()
        if self.verdict:
            return self.verdict
        if self.making is None or self.making.exception():
            return "FATAL"
        return "DONE" if self.making.result() else "CANCELLED"

    @property
    def document(self) -> Document | None:
        """Return the document of a report that is DONE."""
        return None if self.verdict or not self.making else self.making.result()


class Reports:
    """All reports of all sellers, and the press that prints them."""

    def __init__(
        self, world: World, clock: Clock, rates: Rates, faults: Faults
    ) -> None:
        self._world, self._clock, self._faults = world, clock, faults
        self._seconds = (0.1, 0.05) if rates == "fast" else (6.0, 2.0)
        self._press = ThreadPoolExecutor(1, thread_name_prefix="sandbox-report")
        self._reports: dict[str, Report] = {}
        self._newest: dict[tuple[object, ...], Report] = {}
        self.documents = Documents(clock)

    def create(self, seller: Seller, request: Request) -> Report:
        """Take a request in."""
        verdict = self._verdict(request)
        number = len(self._reports)
        seconds = self._seconds[0] + self._seconds[1] * (number % 4)
        if self._faults.strikes("slow-report"):
            seconds += self._faults.number("slow-report", 5)
        making = None if verdict else self._press.submit(self._print, seller, request)
        text = f"{seller.seller_id}:{number}:{self._clock.instant()}"
        report = Report(
            report_id=str(
                50000 + int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)
            ),
            request=request,
            created=self._clock.instant(),
            asked_at=self._clock.monotonic(),
            seconds=seconds,
            verdict=verdict,
            making=making,
        )
        self._reports[report.report_id] = report
        if not verdict:
            self._newest[request.identity] = report
        return report

    def find(self, seller: Seller, report_id: str) -> Report | None:
        """Return a seller's report, None where it is not his."""
        report = self._reports.get(report_id)
        if report and report.request.seller_id == seller.seller_id:
            return report
        return None

    def of(self, seller: Seller) -> list[Report]:
        """Return all reports of a seller, the newest first."""
        return [
            report
            for report in reversed(self._reports.values())
            if report.request.seller_id == seller.seller_id
        ]

    def owns(self, seller: Seller, document_id: str) -> bool:
        """Tell whether a finished document is a seller's."""
        for report in self.of(seller):
            done = report.status(self._clock) == "DONE"
            if done and report.document and report.document.document_id == document_id:
                return True
        return False

    def settle(self, report: Report, seconds: float = 2.0) -> None:
        """Give a report that is due a moment to be printed."""
        due = self._clock.monotonic() - report.asked_at >= report.seconds
        if due and report.making:
            wait([report.making], timeout=seconds)

    def close(self) -> None:
        """Stop the press and throw the documents away."""
        self._press.shutdown(wait=True, cancel_futures=True)
        self.documents.close()

    def _verdict(self, request: Request) -> str:
        if self._faults.strikes("fatal-report"):
            return "FATAL"
        if self._faults.strikes("cancelled"):
            return "CANCELLED"
        facts = kinds.TYPES[request.report_type]
        if request.start < self._clock.now() - facts.history:
            return "FATAL"
        before = self._newest.get(request.identity)
        if before is None or before.status(self._clock) in ("FATAL", "CANCELLED"):
            return ""
        age = timedelta(seconds=self._clock.monotonic() - before.asked_at)
        return "FATAL" if age < facts.freshness else ""

    def _print(self, seller: Seller, request: Request) -> Document | None:
        try:
            return self._make(seller, request)
        except Exception:
            # The report ends FATAL; that it was our fault must be seen.
            _LOG.exception("the sandbox could not make a report")
            raise

    def _make(self, seller: Seller, request: Request) -> Document | None:
        if (
            request.report_type in kinds.ORDERS
            and request.end - request.start > MAX_ORDER_WINDOW
        ):
            words = TOO_WIDE.encode()
            return self.documents.write([words], "text/plain", is_gzip=False)
        made = self._text(seller, request)
        chunks = _only_full(made.chunks)
        if chunks is None:
            return None
        return self.documents.write(chunks, made.content_type)

    def _text(self, seller: Seller, request: Request) -> FlatFile:
        if request.report_type in kinds.ORDERS:
            kind, start, end = request.report_type, request.start, request.end
            return orders.text(kind, seller, start, end)
        return kinds.text(
            self._world,
            seller,
            request.report_type,
            request.marketplace_ids,
            (request.start, request.end, dict(request.options)),
        )


def _only_full(chunks: Iterator[bytes]) -> Iterator[bytes] | None:
    """Return the chunks if a row follows the header, None if nothing does."""
    header = next(chunks, None)
    row = next(chunks, None)
    if header is None or row is None:
        return None

    def again() -> Iterator[bytes]:
        yield header
        yield row
        yield from chunks

    return again()
