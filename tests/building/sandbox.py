"""A running double of SP-API on a free loopback port."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import httpx
import uvicorn

from core.kernel.clock import Clock, SystemClock
from core.kernel.marketplaces import marketplace
from core.spapi.sandbox.buckets import Rates
from core.spapi.sandbox.faults import Faults
from core.spapi.sandbox.server import listen, make_app, seller_lines
from core.spapi.sandbox.world import World, seeded

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SellerLine:
    """What the sandbox prints for one region."""

    region: str
    endpoint: str
    lwa_endpoint: str
    seller_id: str
    refresh_token: str
    client_id: str
    client_secret: str


@lru_cache(maxsize=4)
def small_world(skus: int = 60, seed: int = 1, now: datetime = NOW) -> World:
    """Return a made-up world; the same one for the same arguments."""
    return seeded(skus, seed, now)


@contextmanager
def running_sandbox(
    world: World | None = None,
    *,
    rates: Rates = "fast",
    faults: str = "",
    clock: Clock | None = None,
    seed: int = 1,
) -> Iterator[list[SellerLine]]:
    """Serve a world from a thread; yield the line of every region.

    Args:
        world: `small_world()` when not given.
        rates: `amazon` keeps the limits of the table.
        faults: See `core.spapi.sandbox.faults`.
        clock: The calendar stands still at the world's now when not given.
        seed: Of the faults.
    """
    world = world or small_world()
    clock = clock or SystemClock(world.now)
    app = make_app(world, rates, clock, Faults.parse(faults, seed))
    taken = listen(0)
    config = uvicorn.Config(app, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([taken],), daemon=True)
    thread.start()
    try:
        port = taken.getsockname()[1]
        yield [SellerLine(**line) for line in seller_lines(world, port)]
    finally:
        server.should_exit = True
        thread.join(10)
        taken.close()


class Caller:
    """Talks to the double as one seller, with nothing of our client between."""

    def __init__(self, line: SellerLine) -> None:
        self.line = line
        self.http = httpx.Client(base_url=line.endpoint, trust_env=False, timeout=30)
        self.token = self.sign_in().json()["access_token"]

    def sign_in(self, **changes: str) -> httpx.Response:
        """Ask for an access token, with some of the form changed."""
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self.line.refresh_token,
            "client_id": self.line.client_id,
            "client_secret": self.line.client_secret,
        }
        return self.http.post("/auth/o2/token", data=form | changes)

    def get(self, path: str, **query: Any) -> httpx.Response:
        """Ask one operation."""
        headers = {"x-amz-access-token": self.token}
        return self.http.get(path, params=query, headers=headers)

    def create(self, report_type: str, places: list[str], **body: Any) -> str:
        """Ask for a report; return its id."""
        asked = {"reportType": report_type, "marketplaceIds": places} | body
        answer = self.post(asked)
        assert answer.status_code == 202, answer.text
        identity: str = answer.json()["reportId"]
        return identity

    def post(self, body: dict[str, Any]) -> httpx.Response:
        """Send a body to createReport."""
        headers = {"x-amz-access-token": self.token}
        return self.http.post(f"{REPORTS}/reports", json=body, headers=headers)

    def ended(self, report_id: str) -> dict[str, Any]:
        """Wait until a report has ended; return it."""
        for _ in range(600):
            shown: dict[str, Any] = self.get(f"{REPORTS}/reports/{report_id}").json()
            if shown["processingStatus"] not in ("IN_QUEUE", "IN_PROGRESS"):
                return shown
            SystemClock().sleep(0.02)
        raise AssertionError(shown)

    def document(self, report: dict[str, Any]) -> httpx.Response:
        """Download a report's document as it is."""
        path = f"{REPORTS}/documents/{report['reportDocumentId']}"
        return httpx.get(self.get(path).json()["url"], trust_env=False)

    def text(self, report_type: str, places: list[str], **body: Any) -> bytes:
        """Return the unpacked document of a new report."""
        report = self.ended(self.create(report_type, places, **body))
        assert report["processingStatus"] == "DONE", report
        packed = self.document(report).content
        return gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed


REPORTS = "/reports/2021-06-30"


def place(code: str) -> str:
    """Return Amazon's id of a marketplace."""
    return marketplace(code).amazon_id
