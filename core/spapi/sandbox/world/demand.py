"""What is asked for, where and how often? Drawn per SKU, outlet and day."""

from dataclasses import dataclass, field

import numpy as np

from core.spapi.sandbox.world import names
from core.spapi.sandbox.world.model import Ints

HISTORY_DAYS = 731
POOLS = ("US", "CA", "MX", "UK", "EU", "JP")
HOME = {"US": "US", "CA": "CA", "MX": "MX", "UK": "GB", "EU": "DE", "JP": "JP"}
EU_SHARES = {"FR": 0.12, "IT": 0.10, "ES": 0.08, "PL": 0.15}


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
        count = len(sku)
        if count:
            self.outlet.append(
                np.full(count, outlet) if isinstance(outlet, int) else outlet
            )
            self.day.append(np.full(count, day, np.int32))
            self.sku.append(sku)
            self.units.append(units)
            self.amazon.append(np.full(count, amazon))


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


POOL_COUNTRIES = {
    pool: (("DE", *EU_SHARES) if pool == "EU" else (HOME[pool],)) for pool in POOLS
}
POOL_OF = {c: pool for pool, found in POOL_COUNTRIES.items() for c in found}


def draw_demand(skus: int, rng: np.random.Generator, stranded: Ints) -> Demand:
    """Return who asks for what; a stranded SKU is asked for no more."""
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
    late = rng.integers(0, HISTORY_DAYS - 60, skus)
    opens = np.where(rng.random(skus) < 0.7, 0, late)
    early = rng.integers(300, HISTORY_DAYS, skus)
    closes = np.where(rng.random(skus) < 0.04, early, 10**6)
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


def season(day_of_year: int) -> tuple[float, float]:
    """Return the season's factor of ordinary goods and of gifts."""
    wave = 1 + 0.15 * np.cos((day_of_year - 200) * 2 * np.pi / 365)
    before_christmas = np.exp(-(((day_of_year - 340) / 18) ** 2))
    after = 0.55 if day_of_year > 358 or day_of_year < 20 else 1.0
    return float(wave * (1 + 0.4 * before_christmas)), float(
        (0.7 + 2.6 * before_christmas) * after
    )
