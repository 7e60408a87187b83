"""How do goods get to Amazon: orders to suppliers, shipments, missing units?"""

import hashlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import numpy as np

from core.spapi.sandbox.world.demand import (
    HOME,
    OUTLETS,
    POOL_COUNTRIES,
    POOLS,
    Demand,
)
from core.spapi.sandbox.world.ledger import COUNTRIES
from core.spapi.sandbox.world.model import Ints, Shipment

CENTERS = {
    "US": "ONT8",
    "CA": "YYZ4",
    "MX": "MEX2",
    "GB": "BHX4",
    "DE": "LEJ1",
    "FR": "ORY1",
    "IT": "MXP5",
    "ES": "BCN1",
    "PL": "WRO5",
    "TR": "IST2",
    "JP": "NRT5",
    "AU": "SYD3",
}
"""The fulfilment centre that stands for a country."""


@dataclass(slots=True)
class Consignment:
    """One shipment on its way.

    Attributes:
        created: Day on which it was created; others count from it.
        arrival: Day of the first receipt.
        received: What has been received so far, beside `shipped`.
    """

    number: int
    pool: str
    country: str
    created: int
    arrival: int
    skus: Ints
    shipped: Ints
    received: Ints
    expected: Ints
    cancelled: bool = False


@dataclass(slots=True)
class Pipeline:
    """All consignments of a world and the receipts that are still due."""

    sent: list[Consignment] = field(default_factory=list)
    due: dict[int, list[tuple[Consignment, Ints]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def send(self, consignment: Consignment, parts: list[tuple[int, Ints]]) -> None:
        """Let a consignment arrive in parts, each on its day."""
        self.sent.append(consignment)
        for day, units in parts:
            self.due[day].append((consignment, units))

    def arrive(self, day: int) -> list[tuple[Consignment, Ints]]:
        """Return what is received on a day, and note it as received."""
        arrived = self.due.pop(day, [])
        for consignment, units in arrived:
            consignment.received += units
        return arrived


def parts_of(
    units: Ints, arrival: int, rng: np.random.Generator
) -> tuple[list[tuple[int, Ints]], Ints]:
    """Split a consignment into its receipts; some units never arrive.

    Returns:
        (day, units) of every receipt, and the units that will be received.
    """
    unlucky = rng.random(len(units)) < 0.06
    lost = np.where(unlucky, np.ceil(units * rng.uniform(0.02, 0.12, len(units))), 0)
    expected = units - np.minimum(lost.astype(np.int64), units)
    first = (expected * rng.uniform(0.5, 0.9)).astype(np.int64)
    second = ((expected - first) * 0.7).astype(np.int64)
    rest = expected - first - second
    days = (
        arrival,
        arrival + int(rng.integers(1, 4)),
        arrival + int(rng.integers(5, 11)),
    )
    return list(zip(days, (first, second, rest), strict=True)), expected


def status_on(consignment: Consignment, today: int) -> tuple[str, int]:
    """Return the status on a day and the day on which it was reached."""
    if consignment.cancelled:
        return "CANCELLED", min(consignment.created + 2, today)
    steps = (
        ("CLOSED", consignment.arrival + 35),
        ("RECEIVING", consignment.arrival),
        ("CHECKED_IN", consignment.arrival - 1),
        ("DELIVERED", consignment.arrival - 2),
        ("IN_TRANSIT", consignment.created + 6),
        ("SHIPPED", consignment.created + 3),
        ("WORKING", consignment.created),
    )
    for status, day in steps:
        if day <= today:
            return status, day
    return "WORKING", consignment.created


def shipments(
    sent: list[Consignment], first_day: date, now: datetime, seed: object
) -> list[Shipment]:
    """Return the shipments as the inbound API shows them now."""
    today = (now.astimezone(UTC).date() - first_day).days
    shown = []
    for consignment in sent:
        if consignment.created > today:
            continue
        status, day = status_on(consignment, today)
        token = hashlib.sha256(f"{seed}:{consignment.number}".encode()).hexdigest()
        created = first_day + timedelta(days=consignment.created)
        reached = datetime.combine(
            first_day + timedelta(days=day), datetime.min.time(), UTC
        ) + timedelta(minutes=int(token[:6], 16) % 720)
        shown.append(
            Shipment(
                shipment_id=f"FBA1{np.base_repr(int(token[:12], 16), 36)[:8]:0>8}",
                name=f"FBA STA ({created:%m/%d/%Y} 09:{consignment.number % 60:02d})"
                f"-{CENTERS[consignment.country]}",
                pool=consignment.pool,
                center=CENTERS[consignment.country],
                status=status,
                created=created,
                updated_at=min(reached, now.replace(microsecond=0)),
                skus=consignment.skus,
                shipped=consignment.shipped,
                received=consignment.received,
            )
        )
    return shown


class Plan:
    """Decides weekly what to send, for every pool."""

    def __init__(
        self,
        rng: np.random.Generator,
        demand: Demand,
        stock: Ints,
        pipeline: Pipeline,
        is_over: Callable[[str, int], bool],
    ) -> None:
        self.rng, self.stock = rng, stock
        self.pipeline, self.is_over = pipeline, is_over
        skus = stock.shape[1]
        self.pan_eu = rng.random(skus) < 0.45
        self.cover = rng.integers(45, 110, skus)
        self.margin = rng.integers(-14, 30, skus)
        self.case = rng.choice([1, 6, 12, 24], skus)
        self.pace = {pool: np.zeros(skus) for pool in POOLS}
        self.inbound = {pool: np.zeros(skus, np.int64) for pool in POOLS}
        self.first = {pool: np.full(skus, 10**6) for pool in POOLS}
        self.last = np.zeros(skus, np.int64)
        own = ~demand.merchant
        np.maximum.at(self.last, demand.sku[own], demand.closes[own])
        for number, place in enumerate(OUTLETS):
            mine = own & (demand.outlet == number)
            at = demand.sku[mine]
            self.pace[place.pool][at] += demand.rate[mine]
            self.first[place.pool][at] = np.minimum(
                self.first[place.pool][at], demand.opens[mine]
            )

    def note(self, pool: str, skus: Ints, units: Ints) -> None:
        """Learn from what was sold."""
        self.pace[pool][skus] += 0.03 * units

    def review(self, day: int) -> None:
        """Send what will be missing; on the first day it is already there."""
        for number, pool in enumerate(POOLS):
            if day:
                self.pace[pool] *= 0.97
            if (day and (day + number) % 7) or not self.is_over(pool, day):
                continue
            places = [COUNTRIES.index(c) for c in POOL_COUNTRIES[pool]]
            have = self.stock[places].sum(axis=0) + self.inbound[pool]
            lead = 26 + self.margin
            open_now = (self.first[pool] <= day + 30) & (day + 20 < self.last)
            short = open_now & (have < np.maximum(self.pace[pool] * lead, 1))
            wish = np.ceil(self.pace[pool] * (lead + self.cover) - have)
            wish = np.maximum(wish, self.case)
            units = (np.ceil(wish / self.case) * self.case).astype(np.int64)
            skus = np.flatnonzero(short)
            for start in range(0, len(skus), 80):
                self._send(day, pool, skus[start : start + 80], units)

    def _send(self, day: int, pool: str, skus: Ints, units: Ints) -> None:
        rng, pipeline = self.rng, self.pipeline
        shipped = units[skus]
        arrival = day + int(rng.integers(16, 34)) if day else 1
        parts, expected = parts_of(shipped, arrival, rng)
        consignment = Consignment(
            number=len(pipeline.sent),
            pool=pool,
            country=HOME[pool],
            created=day or -30,
            arrival=arrival,
            skus=skus,
            shipped=shipped,
            received=np.zeros(len(skus), np.int64),
            expected=expected,
            cancelled=bool(day and rng.random() < 0.03),
        )
        if consignment.cancelled:
            pipeline.send(consignment, [])
            return
        self.inbound[pool][skus] += expected
        pipeline.send(consignment, parts)
