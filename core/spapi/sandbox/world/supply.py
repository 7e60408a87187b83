"""How do goods get to Amazon: orders to suppliers, shipments, missing units?"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from core.kernel.marketplaces import POOL_BY_CODE
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

_PER_SHIPMENT = 80


@dataclass(slots=True)
class Consignment:
    """One shipment, also what will become of it.

    Attributes:
        number: Its own for ever, whatever else is sent.
        created: Day on which it was created; others count from it.
        arrival: Day of the first receipt.
        parts: Day and units of every receipt, units going with `skus`.
    """

    number: int
    pool: str
    country: str
    created: int
    arrival: int
    skus: Ints
    shipped: Ints
    parts: list[tuple[int, Ints]]
    cancelled: bool = False

    def received(self, newest: int) -> Ints:
        """Return what is received when the ledger ends on a day."""
        nothing = np.zeros(len(self.skus), np.int64)
        return sum((units for day, units in self.parts if day <= newest), nothing)


@dataclass(slots=True)
class Pipeline:
    """All consignments of a world and the receipts that are still due."""

    sent: list[Consignment] = field(default_factory=list)
    due: dict[int, list[tuple[Consignment, Ints]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def send(self, consignment: Consignment) -> None:
        """Let a consignment arrive in its parts, each on its day."""
        self.sent.append(consignment)
        for day, units in consignment.parts:
            self.due[day].append((consignment, units))

    def arrive(self, day: int) -> list[tuple[Consignment, Ints]]:
        """Return what is received on a day."""
        return self.due.pop(day, [])


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
    sent: list[Consignment],
    calendar: tuple[date, Mapping[str, int]],
    now: datetime,
    seed: object,
) -> list[Shipment]:
    """Return the shipments as the inbound API shows them now.

    Args:
        sent: All of them, also those that will be sent some day.
        calendar: The date of day 0, and the last day of each pool's ledger.
        now: The aware instant of the world.
        seed: Chooses their ids.
    """
    today = (now.astimezone(UTC).date() - calendar[0]).days
    known = [one for one in sent if one.created <= today]
    return [_shown(one, calendar, now, seed) for one in known]


def _shown(
    one: Consignment,
    calendar: tuple[date, Mapping[str, int]],
    now: datetime,
    seed: object,
) -> Shipment:
    first_day, newest = calendar
    status, day = status_on(one, (now.astimezone(UTC).date() - first_day).days)
    token = hashlib.sha256(f"{seed}:{one.number}".encode()).hexdigest()
    created = first_day + timedelta(days=one.created)
    reached = datetime.combine(first_day + timedelta(days=day), time(), UTC)
    reached += timedelta(minutes=int(token[:6], 16) % 720)
    reached = max([reached, *_booked(one, first_day, newest[one.pool])])
    return Shipment(
        shipment_id=f"FBA1{np.base_repr(int(token[:12], 16), 36)[:8]:0>8}",
        name=f"FBA STA ({created:%m/%d/%Y} 09:{one.number % 60:02d})"
        f"-{CENTERS[one.country]}",
        pool=one.pool,
        center=CENTERS[one.country],
        status=status,
        created=created,
        updated_at=min(reached, now.replace(microsecond=0)),
        skus=one.skus,
        shipped=one.shipped,
        received=one.received(newest[one.pool]),
    )


def _booked(
    consignment: Consignment, first_day: date, newest: int
) -> Iterator[datetime]:
    """Yield the instants at which receipts were seen: when their day was over."""
    zone = ZoneInfo(POOL_BY_CODE[consignment.pool].time_zone)
    for day, units in consignment.parts:
        if day <= newest and units.any():
            yield datetime.combine(first_day + timedelta(days=day + 1), time(), zone)


class Plan:
    """Decides weekly what to send, for every pool."""

    def __init__(
        self,
        rng: np.random.Generator,
        demand: Demand,
        stock: Ints,
        pipeline: Pipeline,
    ) -> None:
        self.rng, self.stock, self.pipeline = rng, stock, pipeline
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
            if day and (day + number) % 7:
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
            for chunk, start in enumerate(range(0, len(skus), _PER_SHIPMENT)):
                name = (day * len(POOLS) + number) * 1000 + chunk
                self._send(
                    day, pool, (skus[start : start + _PER_SHIPMENT], name), units
                )

    def _send(self, day: int, pool: str, what: tuple[Ints, int], units: Ints) -> None:
        rng, (skus, number) = self.rng, what
        shipped = units[skus]
        arrival = day + int(rng.integers(16, 34)) if day else 1
        parts, expected = parts_of(shipped, arrival, rng)
        consignment = Consignment(
            number=number,
            pool=pool,
            country=HOME[pool],
            created=day or -30,
            arrival=arrival,
            skus=skus,
            shipped=shipped,
            parts=parts,
            cancelled=bool(day and rng.random() < 0.03),
        )
        if consignment.cancelled:
            consignment.parts = []
        else:
            self.inbound[pool][skus] += expected
        self.pipeline.send(consignment)
