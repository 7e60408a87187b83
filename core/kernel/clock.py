"""What time is it? The only module that asks the machine.

The *calendar* (`now`, `today`) may be frozen by a setting; durations, limits,
tokens and sessions always use the real clock (`instant`, `monotonic`).
"""

import time
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the calendar's time and the real one, and can wait."""

    def now(self) -> datetime:
        """Return the calendar's instant in UTC: windows, as-of, retention."""

    def today(self, time_zone: str = "UTC") -> date:
        """Return the calendar's day in a time zone."""

    def instant(self) -> datetime:
        """Return the real instant in UTC: sessions, tokens, audit."""

    def monotonic(self) -> float:
        """Return real seconds that never run backwards."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The machine's clock, its calendar standing still when told to.

    Args:
        frozen_at: The aware instant at which the calendar stands still.
    """

    def __init__(self, frozen_at: datetime | None = None) -> None:
        self._frozen_at = frozen_at

    def now(self) -> datetime:
        """Return the calendar's instant in UTC."""
        return self._frozen_at or self.instant()

    def today(self, time_zone: str = "UTC") -> date:
        """Return the calendar's day in a time zone."""
        return self.now().astimezone(ZoneInfo(time_zone)).date()

    def instant(self) -> datetime:
        """Return the real instant in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return real seconds that never run backwards."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait for so many real seconds."""
        time.sleep(seconds)
