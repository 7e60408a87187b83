"""How did two years go for a made-up seller? Day by day, all SKUs at once.

Demand is drawn per (SKU, outlet) and day; what the pool holds is sold, the
rest is lost; weekly reviews send more, some of them too late.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from core.kernel.marketplaces import POOL_BY_CODE
from core.spapi.sandbox.world import names
from core.spapi.sandbox.world.ledger import COUNTRIES, Journal
from core.spapi.sandbox.world.model import Ints, Kind
from core.spapi.sandbox.world.supply import Consignment, Pipeline, parts_of

HISTORY_DAYS = 731
POOLS = ("US", "CA", "MX", "UK", "EU", "JP")
_HOME = {"US": "US", "CA": "CA", "MX": "MX", "UK": "GB", "EU": "DE", "JP": "JP"}
_EU_SHARES = {"FR": 0.12, "IT": 0.10, "ES": 0.08, "PL": 0.15}


@dataclass(frozen=True, slots=True)
class Outlet:
    """Where units are asked for: a marketplace, or multi-channel orders.

    Attributes:
        countries: Where the units may come from, the nearest first.
        listed: The share of goods that is offered there.
        pull: How much is asked for, the United States being 1.
    """

    code: str
    pool: str
    countries: tuple[str, ...]
    listed: float
    pull: float
    ship_country: str = ""


OUTLETS = (
    Outlet("US", "US", ("US",), 0.75, 1.0),
    Outlet("CA", "CA", ("CA",), 0.35, 0.35),
    Outlet("MX", "MX", ("MX",), 0.18, 0.25),
    Outlet("UK", "UK", ("GB",), 0.6, 0.6),
    Outlet("DE", "EU", ("DE", "PL"), 1.0, 0.7),
    Outlet("FR", "EU", ("FR", "DE", "PL"), 0.8, 0.4),
    Outlet("IT", "EU", ("IT", "DE", "PL"), 0.7, 0.35),
    Outlet("ES", "EU", ("ES", "DE", "PL"), 0.7, 0.3),
    Outlet("JP", "JP", ("JP",), 0.25, 0.5),
    Outlet("Non-Amazon US", "US", ("US",), 0.2, 0.06, "US"),
    Outlet("Non-Amazon", "EU", ("DE", "PL"), 0.25, 0.05, "DE"),
)


@dataclass(slots=True)
class Sold:
    """Cells of units sold, one entry per (outlet, day, SKU, channel)."""

    outlet: list[Ints] = field(default_factory=list)
    day: list[Ints] = field(default_factory=list)
    sku: list[Ints] = field(default_factory=list)
    units: list[Ints] = field(default_factory=list)
    amazon: list[Ints] = field(default_factory=list)

    def add(
        self, outlet: Ints | int, day: int, sku: Ints, units: Ints, *, amazon: bool
    ) -> None:
        """Add what was sold on one day."""
        if len(sku):
            self.outlet.append(np.broadcast_to(np.asarray(outlet, np.int8), sku.shape))
            self.day.append(np.full(sku.shape, day, np.int32))
            self.sku.append(sku.astype(np.int32))
            self.units.append(units.astype(np.int32))
            self.amazon.append(np.full(sku.shape, amazon))


@dataclass(frozen=True, slots=True)
class Demand:
    """Which SKU is asked for where, and how often, one entry per pair."""

    outlet: Ints
    sku: Ints
    rate: np.ndarray
    opens: Ints
    closes: Ints
    merchant: np.ndarray
    gift: np.ndarray


class Simulation:
    """Two years of one seller; `run` plays them once."""

    def __init__(self, skus: int, seed: int, now: datetime) -> None:
        self.now, self.skus = now, skus
        self.first_day = now.date() - timedelta(days=HISTORY_DAYS)
        self.rng = np.random.default_rng([seed, 2])
        self.newest = {pool: self._newest(pool) for pool in POOLS}
        last = max(self.newest.values())
        stranded = np.where(
            self.rng.random(skus) < 0.012, last - self.rng.integers(5, 60, skus), -1
        )
        self.goods = names.goods(skus, seed, stranded)
        self.demand = self._demand(last)
        self.stock = np.zeros((len(COUNTRIES), skus), np.int64)
        self.broken = np.zeros((2, len(COUNTRIES), skus), np.int64)
        self.pending = {pool: np.zeros(skus, np.int64) for pool in POOLS}
        self.journal, self.pipeline, self.sold = Journal(skus), Pipeline(), Sold()
        self.returns: dict[int, list[tuple[int, Ints]]] = {}
        self.plan = _Plan(self)

    def run(self) -> None:
        """Play every day until now."""
        for day in range(max(self.newest.values()) + 2):
            self.receive(day)
            self.take_back(day)
            self.sell(day)
            if day % 7 == 3:
                self.spread(day)
            self.mishaps(day)
            self.plan.review(day)

    def is_over(self, pool: str, day: int) -> bool:
        """Tell whether a day is in the pool's ledger."""
        return day <= self.newest[pool]

    def receive(self, day: int) -> None:
        """Book what arrives."""
        for consignment, units in self.pipeline.arrive(day):
            if not self.is_over(consignment.pool, day):
                consignment.received -= units
                continue
            place = COUNTRIES.index(consignment.country)
            got = units > 0
            self.stock[place, consignment.skus] += units
            flat = self.journal.place(place, consignment.skus[got])
            self.journal.write(flat, day, Kind.RECEIPTS, units[got])
            self.plan.inbound[consignment.pool][consignment.skus] -= units

    def take_back(self, day: int) -> None:
        """Book what customers return: some can be sold again."""
        for place, skus in self.returns.pop(day, []):
            if not self.is_over(_pool_of(place), day):
                continue
            good = self.rng.random(len(skus)) < 0.65
            for which, disposition in ((good, 0), (~good, 1)):
                found, units = np.unique(skus[which], return_counts=True)
                flat = self.journal.place(place, found, disposition)
                self.journal.write(flat, day, Kind.CUSTOMER_RETURNS, units)
                shelf = self.stock if disposition == 0 else self.broken[0]
                shelf[place, found] += units

    def sell(self, day: int) -> None:
        """Sell what is asked for, as far as there is stock."""
        wanted, merchant = self._draw(day)
        sku, outlet = self.demand.sku, self.demand.outlet
        direct = merchant & (wanted > 0)
        self.sold.add(outlet[direct], day, sku[direct], wanted[direct], amazon=False)
        wanted = np.where(merchant, 0, wanted)
        for number, place in enumerate(OUTLETS):
            asked = np.zeros(self.skus, np.int64)
            mine = (outlet == number) & (wanted > 0)
            asked[sku[mine]] = wanted[mine]
            for country in place.countries:
                self._draw_from(number, place.pool, country, asked, day)

    def _draw_from(
        self, outlet: int, pool: str, country: str, asked: Ints, day: int
    ) -> None:
        place = COUNTRIES.index(country)
        if self.is_over(pool, day):
            shelf = self.stock[place]
            given = np.minimum(asked, shelf)
            skus = np.flatnonzero(given)
            units = given[skus]
            shelf[skus] -= units
            flat = self.journal.place(place, skus)
            self.journal.write(flat, day, Kind.CUSTOMER_SHIPMENTS, -units)
            self._some_come_back(place, skus, units, day)
            self.plan.note(pool, skus, units)
        else:
            free = self.stock[place] - self.pending[pool]
            given = np.clip(asked, 0, np.maximum(free, 0))
            skus = np.flatnonzero(given)
            units = given[skus]
            self.pending[pool][skus] += units
        asked[skus] -= units
        self.sold.add(outlet, day, skus, units, amazon=True)

    def spread(self, day: int) -> None:
        """Let Amazon move Pan-EU stock between countries."""
        if not self.is_over("EU", day):
            return
        home = self.stock[COUNTRIES.index("DE")]
        skus = np.flatnonzero(self.plan.pan_eu & (home > 12))
        held = sum(self.stock[COUNTRIES.index(c), skus] for c in ("DE", *_EU_SHARES))
        for country, share in _EU_SHARES.items():
            place = COUNTRIES.index(country)
            wish = (held * share).astype(np.int64) - self.stock[place, skus]
            units = np.clip(wish, 0, home[skus] // 4)
            moved = units > 0
            to, what = skus[moved], units[moved]
            home[to] -= what
            self.stock[place, to] += what
            source = self.journal.place(COUNTRIES.index("DE"), to)
            self.journal.write(source, day, Kind.TRANSFERS, -what)
            target = self.journal.place(place, to)
            self.journal.write(target, day, Kind.TRANSFERS, what)

    def mishaps(self, day: int) -> None:
        """Lose, find, damage and dispose of a few units."""
        for place in range(len(COUNTRIES)):
            if COUNTRIES[place] not in _POOLS_BY_COUNTRY:
                continue
            if not self.is_over(_pool_of(place), day):
                continue
            shelf = self.stock[place]
            draw = self.rng.random(self.skus)
            for kind, low, sign in (
                (Kind.LOST, 0.0, -1),
                (Kind.FOUND, 0.0003, 1),
                (Kind.DAMAGED, 0.0006, -1),
            ):
                skus = np.flatnonzero(
                    (draw >= low) & (draw < low + 0.0003) & (shelf > 0)
                )
                units = np.full(len(skus), sign, np.int64)
                shelf[skus] += units
                self.journal.write(self.journal.place(place, skus), day, kind, units)
                if kind is Kind.DAMAGED:
                    self.broken[1, place, skus] += 1
                    flat = self.journal.place(place, skus, 2)
                    self.journal.write(flat, day, kind, -units)
            if day % 56 == 20:
                self._clear(day, place)

    def _clear(self, day: int, place: int) -> None:
        for row, kind in ((0, Kind.VENDOR_RETURNS), (1, Kind.DISPOSED)):
            shelf = self.broken[row, place]
            skus = np.flatnonzero(shelf > 1)
            flat = self.journal.place(place, skus, row + 1)
            self.journal.write(flat, day, kind, -shelf[skus])
            shelf[skus] = 0

    def _some_come_back(self, place: int, skus: Ints, units: Ints, day: int) -> None:
        back = np.repeat(skus, units)
        back = back[self.rng.random(len(back)) < 0.035]
        if len(back):
            due = day + int(self.rng.integers(6, 24))
            self.returns.setdefault(due, []).append((place, back))

    def _draw(self, day: int) -> tuple[Ints, np.ndarray]:
        demand = self.demand
        date = self.first_day + timedelta(days=day)
        season = _season(date.timetuple().tm_yday)
        weekday = (1.08, 1.04, 1.0, 0.97, 0.93, 0.95, 1.12)[date.weekday()]
        elapsed = np.array([self._elapsed(place.pool, day) for place in OUTLETS])
        rate = demand.rate * np.where(demand.gift, season[1], season[0]) * weekday
        rate = rate * elapsed[demand.outlet] * (0.85 + 0.3 * day / HISTORY_DAYS)
        rate[(day < demand.opens) | (day >= demand.closes)] = 0
        merchant = demand.merchant | (self.rng.random(len(rate)) < 0.02)
        return self.rng.poisson(rate), merchant

    def _elapsed(self, pool: str, day: int) -> float:
        if self.is_over(pool, day):
            return 1.0
        if day > self.newest[pool] + 1:
            return 0.0
        local = self.now.astimezone(ZoneInfo(POOL_BY_CODE[pool].time_zone))
        return (local.hour * 60 + local.minute) / 1440

    def _newest(self, pool: str) -> int:
        zone = ZoneInfo(POOL_BY_CODE[pool].time_zone)
        return (self.now.astimezone(zone).date() - self.first_day).days - 1

    def _demand(self, last: int) -> Demand:
        skus, rng = self.skus, self.rng
        chances = {place.code: rng.random(skus) < place.listed for place in OUTLETS}
        in_eu = rng.random(skus) < 0.65
        for place in OUTLETS:
            if place.pool == "EU":
                chances[place.code] &= in_eu
        chances["US"] |= ~np.any(list(chances.values()), axis=0)
        listed = np.stack([chances[place.code] for place in OUTLETS])
        outlet, sku = np.nonzero(listed)
        mean = 0.5 * (400 / max(skus, 400)) ** 0.33
        popular = rng.lognormal(-0.72, 1.2, skus) * mean
        pull = np.array([place.pull for place in OUTLETS])
        opens = np.where(rng.random(skus) < 0.7, 0, rng.integers(0, last - 60, skus))
        closes = np.where(rng.random(skus) < 0.04, rng.integers(300, last, skus), 10**6)
        stranded = self.goods.stranded_from
        closes = np.where(stranded >= 0, stranded, closes)
        merchant = rng.random(skus) < 0.05
        return Demand(
            outlet=outlet,
            sku=sku,
            rate=popular[sku] * pull[outlet] * rng.uniform(0.5, 1.5, len(sku)),
            opens=opens[sku],
            closes=closes[sku],
            merchant=merchant[sku],
            gift=names.is_gift(skus)[sku],
        )


class _Plan:
    """Decides weekly what to send, for every pool."""

    def __init__(self, simulation: Simulation) -> None:
        self.of = simulation
        rng, skus = simulation.rng, simulation.skus
        self.pan_eu = rng.random(skus) < 0.45
        self.cover = rng.integers(45, 110, skus)
        self.margin = rng.integers(-14, 30, skus)
        self.case = rng.choice([1, 6, 12, 24], skus)
        self.pace = {pool: np.zeros(skus) for pool in POOLS}
        self.inbound = {pool: np.zeros(skus, np.int64) for pool in POOLS}
        self.first = {pool: np.full(skus, 10**6) for pool in POOLS}
        self.last = np.zeros(skus, np.int64)
        demand = simulation.demand
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
            if (day and (day + number) % 7) or not self.of.is_over(pool, day):
                continue
            places = [COUNTRIES.index(c) for c in _POOL_COUNTRIES[pool]]
            have = self.of.stock[places].sum(axis=0) + self.inbound[pool]
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
        rng, pipeline = self.of.rng, self.of.pipeline
        shipped = units[skus]
        arrival = day + int(rng.integers(16, 34)) if day else 1
        parts, expected = parts_of(shipped, arrival, rng)
        consignment = Consignment(
            number=len(pipeline.sent),
            pool=pool,
            country=_HOME[pool],
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


_POOL_COUNTRIES = {
    pool: (("DE", *_EU_SHARES) if pool == "EU" else (_HOME[pool],)) for pool in POOLS
}
_POOLS_BY_COUNTRY = {c: pool for pool, found in _POOL_COUNTRIES.items() for c in found}


def _pool_of(place: int) -> str:
    return _POOLS_BY_COUNTRY[COUNTRIES[place]]


def _season(day_of_year: int) -> tuple[float, float]:
    """Return the season's factor of ordinary goods and of gifts."""
    wave = 1 + 0.15 * np.cos((day_of_year - 200) * 2 * np.pi / 365)
    before_christmas = np.exp(-(((day_of_year - 340) / 18) ** 2))
    after = 0.55 if day_of_year > 358 or day_of_year < 20 else 1.0
    return float(wave * (1 + 0.4 * before_christmas)), float(
        (0.7 + 2.6 * before_christmas) * after
    )
