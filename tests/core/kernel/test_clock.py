from datetime import UTC, date, datetime, timedelta

from core.kernel.clock import SystemClock

EVE = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)


def test_the_calendar_stands_still_and_the_real_clock_does_not() -> None:
    clock = SystemClock(EVE)
    assert clock.now() == EVE
    assert clock.today() == date(2026, 11, 21)
    assert abs(clock.instant() - datetime.now(UTC)) < timedelta(minutes=1)
    before = clock.monotonic()
    clock.sleep(0.01)
    assert clock.monotonic() - before >= 0.01
    assert clock.now() == EVE


def test_a_day_is_local_to_its_time_zone() -> None:
    clock = SystemClock(EVE)
    assert clock.today("Europe/Berlin") == date(2026, 11, 22)
    assert clock.today("America/Los_Angeles") == date(2026, 11, 21)


def test_without_a_setting_the_calendar_is_the_real_one() -> None:
    clock = SystemClock()
    assert abs(clock.now() - clock.instant()) < timedelta(seconds=5)
