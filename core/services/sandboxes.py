"""Where does the demo's seller live? In a double of Amazon, its own process.

Started when it is first needed, again after a crash, and ended with us: the
double ends itself as soon as the pipe to its standard input closes, which
the operating system does even when we are killed.
"""

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from core.kernel import log
from core.kernel.errors import UnavailableError
from core.kernel.marketplaces import REGIONS
from core.kernel.settings import CHECKOUT

_LOG = log.get(__name__)
_START_SECONDS = 120.0
_END_SECONDS = 3.0


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
    """

    def __init__(self, now: datetime | None) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._is_closed = False
        self._sellers: dict[str, DemoSeller] = {}

    def seller(self, region: str) -> DemoSeller:
        """Return the seller of a region; the double is started if need be.

        Raises:
            UnavailableError: It does not start.
        """
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._start()
            return self._sellers[region]

    def close(self) -> None:
        """End the double, also while it is starting."""
        self._is_closed = True
        if self._process is not None:
            self._process.terminate()
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            _end(process)

    def _start(self) -> None:
        process = subprocess.Popen(  # noqa: S603  # our own program
            self._command(),
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

    def _command(self) -> list[str]:
        command = [sys.executable, "-m", "core", "sandbox", "--port", "0"]
        command += ["--rates", "fast", "--until-stdin-closes"]
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
