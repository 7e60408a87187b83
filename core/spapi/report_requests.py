"""Which report is meant, and is one in Amazon's list the same?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from core.kernel.marketplaces import BY_AMAZON_ID
from core.spapi.answers import Json

HALF_AN_HOUR, FOUR_HOURS = timedelta(minutes=30), timedelta(hours=4)
SKEW = timedelta(minutes=10)
SAME_INSTANT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What a report is asked for with.

    Attributes:
        marketplace_ids: Amazon's ids.
        start: Aware; inclusive.
        end: Aware; not in the future, or what was found again may be short.
    """

    report_type: str
    marketplace_ids: tuple[str, ...]
    start: datetime
    end: datetime
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def fresh_for(self) -> timedelta:
        """Return how long Amazon refuses to make the same report again."""
        return FOUR_HOURS if "_LEDGER_" in self.report_type else HALF_AN_HOUR

    @property
    def is_asked_twice(self) -> bool:
        """Tell whether “no data” must be said twice.

        Amazon also cancels what it should not have; order reports may be asked
        for again at once, and a month without orders would look like the truth.
        """
        return "_ALL_ORDERS_" in self.report_type

    @property
    def fallback(self) -> str:
        """Return the encoding of its marketplaces where it is not UTF-8."""
        codes = {
            BY_AMAZON_ID[i].code for i in self.marketplace_ids if i in BY_AMAZON_ID
        }
        return "cp932" if "JP" in codes else "cp1252"


class RememberedReports(Protocol):
    """The ids of reports that were asked for and are not loaded yet."""

    def find(self, request: ReportRequest) -> str | None:
        """Return the id of an earlier report, None when there is none."""

    def remember(self, request: ReportRequest, report_id: str) -> None:
        """Keep an id until its report is loaded, also through a kill."""

    def forget(self, request: ReportRequest) -> None:
        """Drop an id that leads nowhere."""


def specified(request: ReportRequest) -> Json:
    """Return the body of createReport."""
    specified: Json = {
        "reportType": request.report_type,
        "marketplaceIds": list(request.marketplace_ids),
        "dataStartTime": request.start,
        "dataEndTime": request.end,
    }
    if request.options:
        specified["reportOptions"] = dict(request.options)
    return specified


def is_fresh(report: Json, request: ReportRequest, clocks: Iterable[datetime]) -> bool:
    """Tell whether Amazon would refuse to make it again.

    Several clocks, because a calendar that stands still may be the double's, too.
    """
    made = _instant(report.get("createdTime"))
    return made is not None and any(
        -SKEW <= now - made <= request.fresh_for for now in clocks
    )


def is_alike(report: Json, request: ReportRequest) -> bool:
    """Compare what Amazon lists; options it does not tell."""
    start, end = (_instant(report.get(key)) for key in ("dataStartTime", "dataEndTime"))
    return (
        report.get("reportType") == request.report_type
        and set(report.get("marketplaceIds") or ()) == set(request.marketplace_ids)
        and start is not None
        and end is not None
        and abs(start - request.start) < SAME_INSTANT
        and abs(end - request.end) < SAME_INSTANT
    )


def _instant(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
