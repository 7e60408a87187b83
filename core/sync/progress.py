"""How far is the sync, and how did it end? Told to whoever watches."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.kernel.clock import Clock
from core.kernel.errors import StoppedError

Status = Literal["ok", "failed", "off", "stopped"]


@dataclass(frozen=True, slots=True)
class Progress:
    """What a sync is doing at this moment.

    Attributes:
        connection: The region of the connection.
        done: Steps of this dataset that are over, of `total`.
        doing: A sentence: what is being fetched.
        eta_seconds: How long this dataset will take, None while unknown.
    """

    connection: str
    dataset: str
    done: int
    total: int
    doing: str
    eta_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class DatasetResult:
    """How one dataset of one connection ended.

    Attributes:
        rows: How many were loaded.
        as_of: Until when its figures are, None when there are none.
        status: ok, failed, off (no permission) or stopped.
        message: A sentence, empty when all is well.
        hint: What to do next.
        connection: The region of the connection.
        marketplaces: Codes of those the seller is in; participations only.
    """

    dataset: str
    rows: int
    as_of: datetime | None
    status: Status
    message: str = ""
    hint: str = ""
    connection: str = ""
    marketplaces: tuple[str, ...] = ()


class Steps:
    """The steps of one dataset, counted and timed.

    Attributes:
        rows: How many rows the steps brought so far.
    """

    def __init__(
        self,
        connection: str,
        dataset: str,
        clock: Clock,
        tell: Callable[[Progress], None],
        stop: threading.Event,
    ) -> None:
        self._connection = connection
        self._dataset = dataset
        self._clock = clock
        self._tell = tell
        self._stop = stop
        self._began = clock.monotonic()
        self.rows = 0
        self.done = 0
        self.total = 0
        self._floor: Callable[[int], float] = lambda _steps: 0.0

    def plan(
        self, total: int, floor: Callable[[int], float] = lambda _steps: 0.0
    ) -> None:
        """Say how many steps there are, and what Amazon's limits make of them.

        Args:
            total: Steps, those that are done included.
            floor: The least seconds that so many steps take together; asked
                anew each time, since Amazon announces other rates on the way.
        """
        self.total = total
        self._floor = floor

    def say(self, doing: str) -> None:
        """Say what is being done.

        Raises:
            StoppedError: Somebody wants the sync to end.
        """
        if self._stop.is_set():
            raise StoppedError("The sync was stopped.", "Start it again any time.")
        progress = Progress(
            self._connection, self._dataset, self.done, self.total, doing, self._eta()
        )
        self._tell(progress)

    def finish(self, rows: int, doing: str) -> None:
        """Count a step as done, with the rows that it brought."""
        self.rows += rows
        self.done += 1
        self.total = max(self.total, self.done)
        self.say(doing)

    def _eta(self) -> float | None:
        # Before the first answer neither the pace nor Amazon's rate is known.
        if not self.done:
            return None
        spent = self._clock.monotonic() - self._began
        pace = spent / self.done * (self.total - self.done)
        return max(pace, self._floor(self.total) - spent)
