"""Where does the demo's seller live? In a double of Amazon, its own process.

Started when it is first needed, again after a crash, and ended with us: the
double ends itself as soon as the pipe to its standard input closes, which
the operating system does even when we are killed.

Its world ends when it is made. In every new hour, at which a day may begin
somewhere, it is made anew for whoever comes first, unless somebody talks to it
still; the past is then the same, since the first day is.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import IO, Any

from core.kernel import log
from core.kernel.clock import Clock, SystemClock
from core.kernel.errors import UnavailableError
from core.kernel.marketplaces import REGIONS
from core.kernel.settings import CHECKOUT

_LOG = log.get(__name__)
_START_SECONDS = 120.0
_END_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class DemoSeller:
    """What opens one region of the demo's seller, for as long as it runs."""

    region: str
    endpoint: str
    lwa_endpoint: str
    seller_id: str
    refresh_token: str
    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"DemoSeller({self.region})"


class DemoSandbox:
    """The double that plays the demo's seller.

    Args:
        now: Where the calendar stands still; None when it moves.
        oldest: Says when the oldest demo was made, None where there is none.
        clock: Another calendar in tests.
    """

    def __init__(
        self,
        now: datetime | None,
        oldest: Callable[[], datetime | None] = lambda: None,
        clock: Clock | None = None,
    ) -> None:
        self._now = now
        self._oldest = oldest
        self._clock = clock or SystemClock(now)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._is_closed = False
        self._sellers: dict[str, DemoSeller] = {}
        self._lent = 0
        self._began = date.min
        self._made_at = self._clock.now()

    def seller(self, region: str) -> DemoSeller:
        """Return the seller of a region; the double is started if need be.

        Raises:
            UnavailableError: It does not start.
        """
        with self.lent(region) as seller:
            return seller

    @contextmanager
    def lent(self, region: str) -> Iterator[DemoSeller]:
        """Lend the seller of a region: meanwhile the double stays as it is.

        Raises:
            UnavailableError: It does not start.
        """
        with self._lock:
            self._renew()
            seller = self._sellers[region]
            self._lent += 1
        try:
            yield seller
        finally:
            with self._lock:
                self._lent -= 1

    def close(self) -> None:
        """End the double, also while it is starting."""
        self._is_closed = True
        if self._process is not None:
            self._process.terminate()
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            _end(process)

    def _renew(self) -> None:
        """Start the double where it does not run or its world is too old."""
        process, began = self._process, self._first_day()
        if process is None or process.poll() is not None:
            self._start(began)
            return
        is_fresh = _hour(self._made_at) == _hour(self._clock.now())
        if self._lent or (is_fresh and began == self._began):
            return
        self._process = None
        _end(process)
        self._start(began)

    def _first_day(self) -> date:
        """Return the day on which the world's history begins.

        Two years before the oldest demo was made, so that all of them go on
        for as long as there is one.
        """
        # Not needed before a double is.
        from core.spapi.sandbox.world.demand import HISTORY_DAYS

        now = self._clock.now()
        made = min(self._oldest() or now, now)
        return made.date() - timedelta(days=HISTORY_DAYS)

    def _start(self, began: date) -> None:
        self._began, self._made_at = began, self._clock.now()
        process = subprocess.Popen(  # noqa: S603  # our own program
            self._command(began),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=CHECKOUT,
            text=True,
        )
        self._process = process
        if self._is_closed:
            process.terminate()
        late = threading.Timer(_START_SECONDS, process.kill)
        late.start()
        try:
            self._sellers = _announced(process)
        except (ValueError, TypeError, KeyError) as error:
            self._process = None
            _end(process)
            raise UnavailableError(
                "The demo seller could not be started.",
                "Try `python -m core sandbox` to see why.",
            ) from error
        finally:
            late.cancel()
        _LOG.info("demo sandbox started", pid=process.pid)

    def _command(self, began: date) -> list[str]:
        command = [sys.executable, "-m", "core", "demo-sandbox"]
        command += ["--began", began.isoformat()]
        if self._now is None:
            return command
        # Its calendar stands still where ours does.
        return ["env", f"STOCKENER_NOW={self._now.isoformat()}", *command]


def run_sandbox(**choices: Any) -> None:
    """Serve a double in this process until it is told to end.

    Args:
        choices: Those of `core.spapi.sandbox.server.serve`.
    """
    from core.spapi.sandbox import server

    server.serve(**choices)


def run_demo_sandbox(began: date, now: datetime | None) -> None:
    """Serve the demo's double in this process until standard input closes.

    Args:
        began: The first day of its history.
        now: The calendar stands still here; None for the real one.
    """
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    run_sandbox(
        port=0,
        orders=None,
        skus=400,
        seed=1,
        began=began,
        rates="fast",
        faults="",
        now=now,
        out=sys.stdout,
    )


def _end_with_stdin() -> None:
    with suppress(OSError):
        while sys.stdin.buffer.read(65_536):
            pass
    # As if somebody ended it: it tidies up.
    os.kill(os.getpid(), signal.SIGTERM)


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _announced(process: subprocess.Popen[str]) -> dict[str, DemoSeller]:
    output: IO[str] | None = process.stdout
    assert output is not None  # noqa: S101  # asked for when it was started
    sellers: dict[str, DemoSeller] = {}
    while len(sellers) < len(REGIONS):
        line = output.readline()
        if not line:
            raise ValueError("the double ended")
        if line.startswith("{"):
            said = json.loads(line)
            names = DemoSeller.__dataclass_fields__
            seller = DemoSeller(**{name: str(said[name]) for name in names})
            sellers[seller.region] = seller
    # Whatever it says later must not fill the pipe.
    threading.Thread(target=_drain, args=(output,), daemon=True).start()
    return sellers


def _drain(output: IO[str]) -> None:
    for _ in output:
        pass


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
