from datetime import UTC, date, datetime, timedelta

import pytest

from core.kernel.errors import InputError
from core.kernel.marketplaces import BY_CODE
from core.sync import plan
from core.sync.plan import BY_LAST_UPDATE, BY_ORDER_DATE, Known

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = date(2026, 11, 21)


def ago(**spans: float) -> datetime:
    return NOW - timedelta(**spans)


def test_a_month_earlier_ends_no_later_than_its_last_day() -> None:
    assert plan.months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert plan.months_before(TODAY, 18) == date(2025, 5, 21)


def test_days_beyond_the_retention_are_refused_with_a_sentence() -> None:
    plan.check_since(TODAY, 90, 3)
    plan.check_since(TODAY, 725, None)
    with pytest.raises(InputError, match="beyond the 3 months"):
        plan.check_since(TODAY, 93, 3)
    with pytest.raises(InputError, match="beyond the 729 days"):
        plan.check_since(TODAY, 730, None)
    with pytest.raises(InputError, match="at least one day"):
        plan.check_since(TODAY, 0, None)


def test_since_starts_at_each_marketplaces_own_midnight() -> None:
    evening = datetime(2026, 11, 21, 20, tzinfo=UTC)  # tomorrow in Tokyo
    first = plan.first_days(evening, "FE", 90, 18, {})
    assert first[0] == date(2026, 8, 23)
    assert first[BY_CODE["JP"].number] == date(2026, 8, 24)
    assert plan.start_of(first) == datetime(2026, 8, 23, tzinfo=UTC)


def test_a_sync_without_since_goes_on_with_what_was_asked_for_before() -> None:
    stored = plan.first_days(NOW, "EU", 90, 18, {})
    assert plan.first_days(NOW, "EU", None, 18, stored) == stored
    assert plan.first_days(NOW, "EU", 30, 18, stored) == stored
    longer = plan.first_days(NOW, "EU", 120, 18, stored)
    assert longer[0] == TODAY - timedelta(days=120)


def test_what_was_asked_for_long_ago_gives_way_to_the_retention() -> None:
    first = plan.first_days(NOW, "EU", None, 3, {0: date(2020, 1, 1)})
    assert first[0] == date(2026, 8, 21)


def test_a_first_sync_asks_by_order_date_in_windows_of_thirty_days() -> None:
    windows = plan.order_windows(ago(days=70), NOW, Known())
    assert [(w.start, w.end) for w in windows] == [
        (ago(days=30), NOW),
        (ago(days=60), ago(days=30)),
        (ago(days=70), ago(days=60)),
    ]
    assert {w.report_type for w in windows} == {BY_ORDER_DATE}


def test_a_sync_that_was_killed_asks_only_for_what_is_missing() -> None:
    known = Known(cover=[(ago(days=30), NOW)], updates_until=NOW)
    windows = plan.order_windows(ago(days=70), NOW, known)
    assert [w.covers for w in windows] == [
        (ago(days=60), ago(days=30)),
        (ago(days=70), ago(days=60)),
    ]


def test_a_report_that_was_asked_for_keeps_its_window_after_a_kill() -> None:
    asked = (BY_ORDER_DATE, ago(days=31, hours=5), ago(days=1, hours=5))
    windows = plan.order_windows(ago(days=40), NOW, Known(asked=[asked]))
    assert (BY_ORDER_DATE, *windows[1].asked) == asked
    assert [w.asked for w in windows] == [
        (ago(days=1, hours=5), NOW),
        (ago(days=31, hours=5), ago(days=1, hours=5)),
        (ago(days=40), ago(days=31, hours=5)),
    ]


def test_the_daily_sync_is_one_report_by_last_update_with_two_days_overlap() -> None:
    known = Known(cover=[(ago(days=80), ago(days=1))], updates_until=ago(days=1))
    [window] = plan.order_windows(ago(days=80), NOW, known)
    assert window.report_type == BY_LAST_UPDATE
    assert window.asked == (ago(days=3), NOW)
    assert window.covers == (ago(days=1), NOW)


def test_where_nothing_is_new_nothing_is_asked() -> None:
    known = Known(cover=[(ago(days=80), NOW)], updates_until=NOW)
    assert plan.order_windows(ago(days=80), NOW, known) == []


def test_after_a_long_pause_changes_and_new_orders_are_asked_apart() -> None:
    known = Known(cover=[(ago(days=300), ago(days=50))], updates_until=ago(days=50))
    windows = plan.order_windows(ago(days=300), NOW, known)
    updates = [w for w in windows if w.report_type == BY_LAST_UPDATE]
    assert [w.asked for w in updates] == [
        (ago(days=52), ago(days=22)),
        (ago(days=22), NOW),
    ]
    assert all(w.covers is None for w in updates)
    fresh = [w.covers for w in windows if w.covers]
    assert fresh == [(ago(days=30), NOW), (ago(days=50), ago(days=30))]


def test_no_order_window_is_longer_than_amazon_allows() -> None:
    for pause in (0, 1, 27, 28, 29, 40, 400):
        known = Known(
            cover=[(ago(days=600), ago(days=pause))], updates_until=ago(days=pause)
        )
        for window in plan.order_windows(ago(days=729), NOW, known):
            assert window.end - window.start <= timedelta(days=30)
            assert window.start >= ago(days=730)


def test_an_update_report_on_its_way_is_waited_for_not_asked_again() -> None:
    end = ago(minutes=5)
    known = Known(
        cover=[(ago(days=80), ago(days=1))],
        updates_until=ago(days=1),
        asked=[(BY_LAST_UPDATE, ago(days=3), end)],
    )
    windows = plan.order_windows(ago(days=80), NOW, known)
    assert windows[0].asked == (ago(days=3), end)


GERMANY, JAPAN = BY_CODE["DE"], BY_CODE["JP"]


def test_the_ledger_is_asked_for_whole_days_up_to_yesterday() -> None:
    blocks = plan.ledger_blocks(NOW, date(2026, 9, 1), [GERMANY], [])
    assert blocks[0][1] == date(2026, 11, 20)
    assert blocks[-1][0] == date(2026, 9, 1)
    early = datetime(2026, 11, 21, 2, tzinfo=UTC)  # still yesterday in Los Angeles
    [*_, last] = plan.ledger_blocks(early, date(2026, 11, 1), [BY_CODE["US"]], [])
    assert last[1] == date(2026, 11, 19)


def test_the_ledger_reaches_back_eighteen_months_at_most() -> None:
    blocks = plan.ledger_blocks(NOW, date(2024, 1, 1), [GERMANY], [])
    assert blocks[-1][0] == date(2025, 5, 22)


def test_the_newest_days_of_the_ledger_are_asked_for_again() -> None:
    covered = [(date(2026, 9, 1), date(2026, 11, 20))]
    blocks = plan.ledger_blocks(NOW, date(2026, 9, 1), [GERMANY], covered)
    assert blocks == [(date(2026, 11, 18), date(2026, 11, 20))]


def test_a_ledger_block_that_was_asked_for_is_kept_after_a_kill() -> None:
    asked = (date(2026, 9, 20), date(2026, 11, 19))
    blocks = plan.ledger_blocks(NOW, date(2026, 9, 1), [GERMANY], [], [asked])
    assert asked in blocks
    assert sum((b - a).days + 1 for a, b in blocks) == 81


def test_shipments_are_asked_for_with_a_week_of_overlap() -> None:
    first = {0: date(2026, 1, 1)}
    assert plan.shipments_since(first, None) == datetime(2026, 1, 1, tzinfo=UTC)
    assert plan.shipments_since(first, NOW) == ago(days=7)
