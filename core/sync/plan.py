"""What is stale: which days and windows does a sync have to fetch?

Pure: from the calendar, the retention and what is covered already.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.kernel.errors import InputError
from core.kernel.marketplaces import MARKETPLACES, Marketplace, Region
from core.sync.cover import (
    ONE_DAY,
    Days,
    Interval,
    cut,
    cut_days,
    days_without,
    local_midnight,
    without,
)

BY_ORDER_DATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
BY_LAST_UPDATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
LEDGER = "GET_LEDGER_SUMMARY_VIEW_DATA"

ORDER_WINDOW = timedelta(days=30)
OVERLAP = timedelta(days=2)
STILL_GOOD = timedelta(minutes=15)
MOST_ORDER_DAYS = 729
MOST_LEDGER_MONTHS = 18
LEDGER_BLOCK_DAYS = 61
SETTLING_DAYS = 3
SHIPMENT_OVERLAP = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Window:
    """One order report to ask for.

    Attributes:
        start: Of what is asked for.
        end: Not included.
        covers: What is covered once it is loaded, None for updates only.
    """

    report_type: str
    start: datetime
    end: datetime
    covers: Interval | None

    @property
    def asked(self) -> Interval:
        """Return what is asked for."""
        return self.start, self.end


@dataclass(frozen=True, slots=True)
class Known:
    """What order loads of one connection have brought already.

    Attributes:
        cover: The purchases that are known.
        updates_until: Until when later changes to them are known.
        asked: Reports asked for and not yet loaded: (type, start, end).
    """

    cover: Sequence[Interval] = ()
    updates_until: datetime | None = None
    asked: Sequence[tuple[str, datetime, datetime]] = ()


def months_before(day: date, months: int) -> date:
    """Return the day so many calendar months earlier, the month's last at most."""
    month = day.year * 12 + day.month - 1 - months
    for last in range(day.day, 0, -1):
        try:
            return date(month // 12, month % 12 + 1, last)
        except ValueError:
            continue
    raise AssertionError  # every month has a first day


def oldest_day(today: date, retention_months: int | None) -> date:
    """Return the first day that may be kept; None: all that Amazon gives."""
    if retention_months is None:
        return today - timedelta(days=MOST_ORDER_DAYS)
    return months_before(today, retention_months)


def check_since(today: date, since_days: int | None, retention: int | None) -> None:
    """Refuse to reach beyond what may be kept.

    Raises:
        InputError: The sync would start before the retention does.
    """
    if since_days is None:
        return
    if since_days < 1:
        raise InputError("A sync needs at least one day.", "Use a form such as 90d.")
    if today - timedelta(days=since_days) < oldest_day(today, retention):
        kept = f"{retention} months" if retention else f"{MOST_ORDER_DAYS} days"
        raise InputError(
            f"{since_days} days reach beyond the {kept} that this workspace keeps.",
            "Ask for fewer days, or let the owner extend the retention.",
        )


def first_days(
    now: datetime,
    region: Region,
    since_days: int | None,
    retention_months: int | None,
    stored: Mapping[int, date],
) -> dict[int, date]:
    """Return the first local day wanted of each marketplace of a region.

    Args:
        now: The calendar's instant.
        region: Whose marketplaces are meant; Non-Amazon is always added.
        since_days: What was asked for now; None goes on with what is stored.
        retention_months: None keeps all that Amazon gives.
        stored: The first days that earlier syncs asked for.
    """
    wanted: dict[int, date] = {}
    zones = {m.number: m.time_zone for m in MARKETPLACES if m.region == region}
    for number, time_zone in ({0: "UTC"} | zones).items():
        today = _today(now, time_zone)
        oldest = oldest_day(today, retention_months)
        asked = today - timedelta(days=since_days) if since_days else None
        days = [day for day in (asked, stored.get(number)) if day is not None]
        wanted[number] = max(oldest, min(days, default=oldest))
    return wanted


def start_of(first: Mapping[int, date]) -> datetime:
    """Return the earliest instant at which one of the first days begins."""
    zones = {0: "UTC"} | {m.number: m.time_zone for m in MARKETPLACES}
    return min(local_midnight(day, zones[number]) for number, day in first.items())


def order_windows(start: datetime, now: datetime, known: Known) -> list[Window]:
    """Return the order reports to ask for, the newest first.

    What lies between `start` and `now` and is not covered is fetched by order
    date. Where the cover almost reaches `now`, one report by last update
    brings both the new orders and the changes to old ones.
    """
    now = now.astimezone(UTC).replace(microsecond=0)
    windows: list[Window] = []
    covered = list(known.cover)
    end = max((until for _, until in covered), default=None)
    if end is not None and known.updates_until is not None:
        windows = _updates(end, known.updates_until, _until(known.asked, now))
        covered += [window.covers for window in windows if window.covers]
    return windows + _backfill((start, now), covered, known.asked)


def _until(asked: Iterable[tuple[str, datetime, datetime]], now: datetime) -> datetime:
    """Return the end of an update report that is on its way, or else now."""
    recent = [
        end
        for kind, _, end in asked
        if kind == BY_LAST_UPDATE and now - STILL_GOOD <= end <= now
    ]
    return max(recent, default=now)


def _updates(end: datetime, known_until: datetime, now: datetime) -> list[Window]:
    if now <= known_until and now <= end:
        return []
    since = min(known_until, end) - OVERLAP
    since = max(since, now - timedelta(days=MOST_ORDER_DAYS))
    if now - since <= ORDER_WINDOW:
        return [Window(BY_LAST_UPDATE, since, now, (end, now))]
    windows = []
    while since < now:
        until = min(since + ORDER_WINDOW, now)
        windows.append(Window(BY_LAST_UPDATE, since, until, None))
        since = until
    return windows


def _backfill(
    wanted: Interval,
    covered: Sequence[Interval],
    asked: Iterable[tuple[str, datetime, datetime]],
) -> list[Window]:
    gaps = without(wanted, covered)
    found: list[Interval] = [
        (since, until)
        for kind, since, until in asked
        if kind == BY_ORDER_DATE and any(a <= since and until <= b for a, b in gaps)
    ]
    for gap in without(wanted, [*covered, *found]):
        found += cut(gap, ORDER_WINDOW)
    found.sort(reverse=True)
    return [Window(BY_ORDER_DATE, *window, window) for window in found]


def shipments_since(first: Mapping[int, date], last: datetime | None) -> datetime:
    """Return since when changes to shipments are asked for."""
    start = start_of(first)
    return max(start, last - SHIPMENT_OVERLAP) if last else start


def ledger_blocks(
    now: datetime,
    first: date,
    marketplaces: Sequence[Marketplace],
    covered: Sequence[Days],
    asked: Iterable[Days] = (),
) -> list[Days]:
    """Return the blocks of days to ask the ledger for, the newest first.

    Only days that are over everywhere; the newest few are asked for again,
    since Amazon still settles them.
    """
    # UTC too: the report is asked for by UTC days, none of them in the future.
    zones = ["UTC", *(place.time_zone for place in marketplaces)]
    last = min(_today(now, zone) for zone in zones) - ONE_DAY
    limit = months_before(_today(now, "UTC"), MOST_LEDGER_MONTHS) + ONE_DAY
    first = max(first, limit)
    if first > last:
        return []
    settled = last - timedelta(days=SETTLING_DAYS)
    believed = [(a, min(b, settled)) for a, b in covered if a <= settled]
    gaps = days_without((first, last), believed)
    blocks = [
        days
        for days in dict.fromkeys(asked)
        if any(a <= days[0] and days[1] <= b for a, b in gaps)
    ]
    for gap in days_without((first, last), believed + blocks):
        blocks += cut_days(gap, LEDGER_BLOCK_DAYS)
    return sorted(blocks, reverse=True)


def _today(now: datetime, time_zone: str) -> date:
    return now.astimezone(ZoneInfo(time_zone)).date()
