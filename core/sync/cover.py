"""What is covered, what is missing, and which local days are complete?

Pure arithmetic on half-open intervals of instants and on ranges of days.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.kernel.marketplaces import MARKETPLACES, Region

Interval = tuple[datetime, datetime]
"""From an instant to another, the end not included."""

Days = tuple[date, date]
"""From a day to another, both included."""

ONE_DAY = timedelta(days=1)


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the same instants as disjoint intervals in order."""
    result: list[Interval] = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result


def without(interval: Interval, covered: Iterable[Interval]) -> list[Interval]:
    """Return the parts of an interval that are not covered, in order."""
    gaps: list[Interval] = []
    position, end = interval
    for start, stop in merged(covered):
        if start >= end:
            break
        if start > position:
            gaps.append((position, start))
        position = max(position, stop)
    if position < end:
        gaps.append((position, end))
    return gaps


def both(one: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    """Return the instants that two covers share."""
    shared = [
        (max(start, since), min(end, until))
        for start, end in one
        for since, until in other
    ]
    return merged(shared)


def cut(interval: Interval, longest: timedelta) -> list[Interval]:
    """Cut an interval into windows, the newest first and full."""
    windows: list[Interval] = []
    start, end = interval
    while end > start:
        windows.append((max(start, end - longest), end))
        end -= longest
    return windows


def local_midnight(day: date, time_zone: str) -> datetime:
    """Return the instant, in UTC, at which a local day begins."""
    return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC)


def whole_days(interval: Interval, time_zone: str) -> Days | None:
    """Return the local days that lie wholly in an interval, if any."""
    zone = ZoneInfo(time_zone)
    first = interval[0].astimezone(zone).date()
    if local_midnight(first, time_zone) < interval[0]:
        first += ONE_DAY
    last = interval[1].astimezone(zone).date() - ONE_DAY
    return (first, last) if first <= last else None


def complete_days(
    covers: Mapping[int, Sequence[Interval]],
    regions: Mapping[int, Region],
    holdings: Mapping[int, frozenset[int]],
) -> list[tuple[int, date, date]]:
    """Return (marketplace, first day, last day) of every complete range.

    Args:
        covers: What each connection's good order loads cover.
        regions: Every connection of the workspace and its region.
        holdings: The marketplaces that each connection is known to hold.
    """
    ranges = _ranges(0, "UTC", [covers.get(number, ()) for number in regions])
    for place in MARKETPLACES:
        there = [number for number, region in regions.items() if region == place.region]
        holders = [n for n in there if place.number in holdings.get(n, ())] or there
        shared = [covers.get(number, ()) for number in holders]
        ranges += _ranges(place.number, place.time_zone, shared)
    return ranges


def _ranges(
    number: int, time_zone: str, covers: Sequence[Sequence[Interval]]
) -> list[tuple[int, date, date]]:
    if not covers:
        return []
    shared: list[Interval] = merged(covers[0])
    for cover in covers[1:]:
        shared = both(shared, merged(cover))
    days = [whole_days(interval, time_zone) for interval in shared]
    return [(number, *found) for found in days if found]


def day_interval(days: Days) -> Interval:
    """Return a range of days as the instants of those UTC days."""
    return local_midnight(days[0], "UTC"), local_midnight(days[1] + ONE_DAY, "UTC")


def as_days(interval: Interval) -> Days:
    """Return an interval from UTC midnight to UTC midnight as its days."""
    return interval[0].date(), interval[1].date() - ONE_DAY


def merged_days(ranges: Iterable[Days]) -> list[Days]:
    """Return the same days as disjoint ranges; neighbours become one."""
    return [as_days(interval) for interval in merged(map(day_interval, ranges))]


def shared_days(covers: Sequence[Sequence[Days]]) -> list[Days]:
    """Return the days that all covers have, none where there is no cover."""
    if not covers:
        return []
    shared = [day_interval(days) for days in merged_days(covers[0])]
    for cover in covers[1:]:
        shared = both(shared, [day_interval(days) for days in merged_days(cover)])
    return [as_days(interval) for interval in shared]


def days_without(days: Days, covered: Iterable[Days]) -> list[Days]:
    """Return the ranges of days that are not covered, in order."""
    gaps = without(day_interval(days), map(day_interval, covered))
    return [as_days(interval) for interval in gaps]


def cut_days(days: Days, longest: int) -> list[Days]:
    """Cut a range of days into blocks, the newest first and full."""
    windows = cut(day_interval(days), timedelta(days=longest))
    return [as_days(interval) for interval in windows]
