from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.kernel.marketplaces import BY_CODE
from core.sync import cover

ORIGIN = datetime(2026, 1, 1, tzinfo=UTC)


def at(hours: float) -> datetime:
    return ORIGIN + timedelta(hours=hours)


Spans = list[cover.Interval]
spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(
        lambda pair: (at(min(pair)), at(max(pair)))
    ),
    max_size=8,
)


def hours_in(intervals: list[cover.Interval]) -> set[int]:
    return {
        hour
        for hour in range(61)
        if any(start <= at(hour) < end for start, end in intervals)
    }


@given(spans)
def test_merging_keeps_every_instant_and_leaves_gaps_between(intervals: Spans) -> None:
    merged = cover.merged(intervals)
    assert hours_in(merged) == hours_in(intervals)
    assert all(one[1] < other[0] for one, other in pairwise(merged))


@given(spans)
def test_what_is_missing_and_what_is_covered_make_the_whole(intervals: Spans) -> None:
    missing = cover.without((at(5), at(40)), intervals)
    assert hours_in(missing) == hours_in([(at(5), at(40))]) - hours_in(intervals)


@given(spans, spans)
def test_both_covers_share_what_is_in_each(one: Spans, other: Spans) -> None:
    assert hours_in(cover.both(one, other)) == hours_in(one) & hours_in(other)


def test_windows_are_full_and_the_newest_comes_first() -> None:
    windows = cover.cut((at(0), at(50)), timedelta(hours=24))
    assert windows == [(at(26), at(50)), (at(2), at(26)), (at(0), at(2))]


def test_a_local_day_is_whole_only_from_midnight_to_midnight() -> None:
    paris = cover.local_midnight(date(2026, 3, 10), "Europe/Paris")
    assert paris == datetime(2026, 3, 9, 23, tzinfo=UTC)
    until = cover.local_midnight(date(2026, 3, 12), "Europe/Paris")
    assert cover.whole_days((paris, until), "Europe/Paris") == (
        date(2026, 3, 10),
        date(2026, 3, 11),
    )
    second = timedelta(seconds=1)
    assert cover.whole_days((paris + second, until - second), "Europe/Paris") is None


def test_the_day_on_which_clocks_change_is_a_day_of_23_hours() -> None:
    start = cover.local_midnight(date(2026, 3, 29), "Europe/Paris")
    whole = (start, start + timedelta(hours=23))
    assert cover.whole_days(whole, "Europe/Paris") == (date(2026, 3, 29),) * 2


def test_a_day_is_complete_when_every_connection_that_holds_it_covers_it() -> None:
    long = [(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))]
    short = [(datetime(2026, 1, 10, tzinfo=UTC), datetime(2026, 1, 20, tzinfo=UTC))]
    germany, japan = BY_CODE["DE"].number, BY_CODE["JP"].number
    found = cover.complete_days(
        {1: long, 2: short},
        {1: "EU", 2: "FE"},
        {1: frozenset({germany}), 2: frozenset({japan})},
    )
    days = {number: (first, last) for number, first, last in found}
    assert days[germany] == (date(2026, 1, 2), date(2026, 1, 31))
    assert days[japan] == (date(2026, 1, 11), date(2026, 1, 19))
    assert days[0] == (date(2026, 1, 10), date(2026, 1, 19))


def test_a_connection_that_never_loaded_leaves_non_amazon_incomplete() -> None:
    known = [(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))]
    found = cover.complete_days({1: known}, {1: "EU", 2: "FE"}, {})
    assert 0 not in {number for number, _, _ in found}


def test_neighbouring_ranges_of_days_become_one() -> None:
    one, two = (
        (date(2026, 1, 1), date(2026, 1, 3)),
        (date(2026, 1, 4), date(2026, 1, 5)),
    )
    assert cover.merged_days([two, one]) == [(date(2026, 1, 1), date(2026, 1, 5))]


def test_days_without_a_cover_are_cut_newest_first() -> None:
    gaps = cover.days_without(
        (date(2026, 1, 1), date(2026, 1, 10)), [(date(2026, 1, 4), date(2026, 1, 5))]
    )
    assert gaps == [
        (date(2026, 1, 1), date(2026, 1, 3)),
        (date(2026, 1, 6), date(2026, 1, 10)),
    ]
    assert cover.cut_days(gaps[1], 3)[0] == (date(2026, 1, 8), date(2026, 1, 10))
