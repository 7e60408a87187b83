"""How did the years go for a made-up seller? Day by day, all SKUs at once.

What the pool holds of what is asked for is sold, the rest is lost. No draw
depends on the present: every day is played whole and for all pools, also the
one that is not over. Who plays more days finds the same past.
"""

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from core.kernel.marketplaces import POOL_BY_CODE
from core.spapi.sandbox.world import names
from core.spapi.sandbox.world.demand import (
    EU_SHARES,
    HISTORY_DAYS,
    OUTLETS,
    POOL_OF,
    POOLS,
    Sold,
    draw_demand,
    season,
)
from core.spapi.sandbox.world.ledger import COUNTRIES, Journal
from core.spapi.sandbox.world.model import Ints, Kind
from core.spapi.sandbox.world.supply import Pipeline, Plan


class Simulation:
    """One seller from a first day until now; `run` plays it once."""

    def __init__(self, skus: int, seed: int, first_day: date, now: datetime) -> None:
        self.now, self.skus, self.first_day = now, skus, first_day
        self.rng = np.random.default_rng([seed, 2])
        self.newest = {pool: self._newest(pool) for pool in POOLS}
        stranded = HISTORY_DAYS - self.rng.integers(5, 60, skus)
        stranded = np.where(np.arange(skus) % 83 == 41, stranded, -1)
        seen = np.where(stranded <= max(self.newest.values()), stranded, -1)
        self.goods = names.goods(skus, seed, seen)
        self.demand = draw_demand(skus, self.rng, stranded)
        edges = np.searchsorted(self.demand.outlet, np.arange(len(OUTLETS) + 1))
        self.pairs_of = [slice(*pair) for pair in pairwise(edges)]
        self.stock = np.zeros((len(COUNTRIES), skus), np.int64)
        self.broken = np.zeros((2, len(COUNTRIES), skus), np.int64)
        self.journal, self.pipeline, self.sold = Journal(skus), Pipeline(), Sold()
        self.returns: dict[int, list[tuple[int, Ints]]] = {}
        self.plan = Plan(self.rng, self.demand, self.stock, self.pipeline)

    def run(self) -> None:
        """Play every day until now, and the rest of today."""
        for day in range(max(self.newest.values()) + 2):
            # First of all: what is ordered today was on the shelf last night.
            self.sell(day)
            self.receive(day)
            self.take_back(day)
            if day % 7 == 3:
                self.spread(day)
            self.mishaps(day)
            self.plan.review(day)

    def receive(self, day: int) -> None:
        """Book what arrives."""
        for consignment, units in self.pipeline.arrive(day):
            place = COUNTRIES.index(consignment.country)
            got = units > 0
            self.stock[place, consignment.skus] += units
            flat = self.journal.place(place, consignment.skus[got])
            self.journal.write(flat, day, Kind.RECEIPTS, units[got])
            self.plan.inbound[consignment.pool][consignment.skus] -= units

    def take_back(self, day: int) -> None:
        """Book what customers return: some can be sold again."""
        for place, skus in self.returns.pop(day, []):
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
            mine = self.pairs_of[number]
            asked[sku[mine]] = wanted[mine]
            for country in place.countries:
                self._draw_from(number, place.pool, country, asked, day)

    def _draw_from(
        self, outlet: int, pool: str, country: str, asked: Ints, day: int
    ) -> None:
        place = COUNTRIES.index(country)
        shelf = self.stock[place]
        given = np.minimum(asked, shelf)
        skus = np.flatnonzero(given)
        units = given[skus]
        shelf[skus] -= units
        flat = self.journal.place(place, skus)
        self.journal.write(flat, day, Kind.CUSTOMER_SHIPMENTS, -units)
        self._some_come_back(place, skus, units, day)
        self.plan.note(pool, skus, units)
        asked[skus] -= units
        self.sold.add(outlet, day, skus, units, amazon=True)

    def spread(self, day: int) -> None:
        """Let Amazon move Pan-EU stock between countries."""
        home = self.stock[COUNTRIES.index("DE")]
        skus = np.flatnonzero(self.plan.pan_eu & (home > 12))
        held = sum(self.stock[COUNTRIES.index(c), skus] for c in ("DE", *EU_SHARES))
        for country, share in EU_SHARES.items():
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
        places = [place for place, name in enumerate(COUNTRIES) if name in POOL_OF]
        count = self.rng.poisson(self.skus * len(places) * 0.0009)
        place = self.rng.choice(places, count)
        struck = np.unique(place * self.skus + self.rng.integers(self.skus, size=count))
        shelf = self.stock.reshape(-1)
        struck = struck[shelf[struck] > 0]
        luck = self.rng.integers(3, size=len(struck))
        for number, kind in enumerate((Kind.LOST, Kind.FOUND, Kind.DAMAGED)):
            flat = struck[luck == number]
            units = np.full(len(flat), 1 if kind is Kind.FOUND else -1)
            shelf[flat] += units
            self.journal.write(flat, day, kind, units)
            if kind is Kind.DAMAGED:
                self.broken[1].reshape(-1)[flat] += 1
                self.journal.write(flat + 2 * len(shelf), day, kind, -units)
        if day % 56 == 20:
            for one in places:
                self._clear(day, one)

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
        ordinary, gifts = season(date.timetuple().tm_yday)
        weekday = (1.08, 1.04, 1.0, 0.97, 0.93, 0.95, 1.12)[date.weekday()]
        rate = demand.rate * np.where(demand.gift, gifts, ordinary) * weekday
        rate = rate * (0.85 + 0.3 * day / HISTORY_DAYS)
        rate[(day < demand.opens) | (day >= demand.closes)] = 0
        merchant = demand.merchant | (self.rng.random(len(rate)) < 0.02)
        return self.rng.poisson(rate), merchant

    def _newest(self, pool: str) -> int:
        zone = ZoneInfo(POOL_BY_CODE[pool].time_zone)
        return (self.now.astimezone(zone).date() - self.first_day).days - 1
