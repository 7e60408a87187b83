"""A clock on which an hour of waiting takes no time."""

import threading
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

START = datetime(2026, 11, 21, 12, tzinfo=UTC)


class SimulatedClock:
    """Time passes when somebody sleeps; calendar and real time agree."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._seconds = 1000.0
        self._lock = threading.Lock()
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.instant()

    def today(self, time_zone: str = "UTC") -> date:
        return self.now().astimezone(ZoneInfo(time_zone)).date()

    def instant(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic() - 1000.0)

    def monotonic(self) -> float:
        with self._lock:
            return self._seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_time(seconds)

    def pass_time(self, seconds: float) -> None:
        """Let time pass without anybody sleeping."""
        with self._lock:
            self._seconds += seconds
