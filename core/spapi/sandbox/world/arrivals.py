"""Which arrivals make it possible that all this was sold?

Every series (country, SKU) has cycles of six weeks. On the first day of a
cycle comes what the cycle will sell, less what is left, often a little more.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.spapi.sandbox.world.ledger import COUNTRIES, Journal
from core.spapi.sandbox.world.model import Ints, Kind
from core.spapi.sandbox.world.supply import Consignment

CYCLE, SECOND_PART, LEAD = 42, 7, 25
_PER_SHIPMENT = 150


@dataclass(frozen=True, slots=True)
class Uses:
    """Units that left a shelf, one entry per (series, day), sorted so.

    Attributes:
        known: Flat index (country, SKU) of every series.
        series: Index into `known`, one entry per use.
        newest: The last day of the ledger, one entry per series.
    """

    skus: int
    known: Ints
    series: Ints
    day: Ints
    units: Ints
    newest: Ints

    @classmethod
    def summed(
        cls, uses: tuple[Ints, Ints, Ints], *, skus: int, newest: Ints
    ) -> "Uses":
        """Sum uses by series and day.

        Args:
            uses: Flat index, day and units.
            skus: How many goods there are.
            newest: The last day of the ledger, one entry per country.
        """
        flat, day, units = uses
        width = int(day.max(initial=0)) + 1
        keys, where = np.unique(flat * width + day, return_inverse=True)
        summed = np.bincount(where, weights=units).astype(np.int64)
        known, series = np.unique(keys // width, return_inverse=True)
        return cls(skus, known, series, keys % width, summed, newest[known // skus])


@dataclass(frozen=True, slots=True)
class _Cycle:
    """What comes in one cycle, one entry per series."""

    start: Ints
    first: Ints
    second: Ints


def supply_uses(
    uses: Uses, journal: Journal, pool_of: Mapping[int, str]
) -> list[Consignment]:
    """Write uses and their arrivals into the journal; return the shipments.

    Args:
        uses: What was sold.
        journal: Where movements are written.
        pool_of: The pool of a country that stands alone; others are EU's.
    """
    journal.write(
        uses.known[uses.series], uses.day, Kind.CUSTOMER_SHIPMENTS, -uses.units
    )
    _take_back(uses, journal)
    sent: list[Consignment] = []
    for cycle in _cycles(uses):
        _book(uses, journal, cycle)
        _ship(uses, cycle, pool_of, sent)
    _send_ahead(uses, pool_of, sent)
    return sent


def _luck(series: Ints, salt: int) -> Ints:
    """Return numbers below 1000 that depend on nothing but the arguments."""
    return (series.astype(np.int64) * 7919 + salt * 104_729) % 999_983 % 1000


def _cycles(uses: Uses) -> list[_Cycle]:
    numbers = np.arange(len(uses.known))
    offset = 7 * (_luck(uses.known, 0) % 6)
    at = uses.day - offset[uses.series] + CYCLE
    count = int(at.max(initial=0)) // CYCLE + 1
    shape = len(numbers), count
    cell = uses.series * count + at // CYCLE
    size = shape[0] * shape[1]
    asked = np.bincount(cell, weights=uses.units, minlength=size).reshape(shape)
    early = at % CYCLE < SECOND_PART
    soon = np.bincount(cell[early], weights=uses.units[early], minlength=size)
    asked, soon = asked.astype(np.int64), soon.reshape(shape).astype(np.int64)
    held = np.zeros(len(numbers), np.int64)
    cycles = []
    for number in range(count):
        luck = _luck(uses.known, number + 1)
        spare = np.where(luck < 600, asked[:, number] * (luck % 40 + 5) // 100 + 1, 0)
        if number >= count - 2:
            spare = np.where(
                luck < 850, asked[:, number] * (luck % 90 + 30) // 100 + 1, 0
            )
        spare = np.where(asked[:, number] > 0, spare, 0)
        coming = np.maximum(asked[:, number] + spare - held, 0)
        coming = np.where(asked[:, number] > 0, coming, 0)
        first = np.maximum(coming - coming * 3 // 10, soon[:, number] - held)
        first = np.minimum(first, coming)
        cycles.append(_Cycle((number - 1) * CYCLE + offset, first, coming - first))
        held += coming - asked[:, number]
    return cycles


def _book(uses: Uses, journal: Journal, cycle: _Cycle) -> None:
    for units, delay in ((cycle.first, 0), (cycle.second, SECOND_PART)):
        day = cycle.start + delay
        now = (units > 0) & (day <= uses.newest)
        journal.write(uses.known[now], day[now], Kind.RECEIPTS, units[now])
    # One unit more is found and lost again: no sale ever needs it.
    gone = (cycle.first > 0) & (_luck(uses.known, int(cycle.start[0])) < 20)
    gone &= cycle.start + 9 <= uses.newest
    one = np.ones(int(gone.sum()), np.int64)
    journal.write(uses.known[gone], cycle.start[gone] + 2, Kind.FOUND, one)
    journal.write(uses.known[gone], cycle.start[gone] + 9, Kind.LOST, -one)


def _take_back(uses: Uses, journal: Journal) -> None:
    """Book returns, which are never sold again, and their disposal."""
    flat = uses.known[uses.series] + journal.place(0, np.zeros(1, np.int64), 1)[0]
    luck = (uses.day * 31 + uses.series * 17) % 100
    back = (luck < 4) & (uses.day + 70 <= uses.newest[uses.series])
    units = np.maximum(uses.units[back] // 20, 1)
    journal.write(flat[back], uses.day[back] + 12, Kind.CUSTOMER_RETURNS, units)
    away = luck[back] < 3
    gone = uses.day[back][away] + 70
    journal.write(flat[back][away], gone, Kind.DISPOSED, -units[away])


def _ship(
    uses: Uses, cycle: _Cycle, pool_of: Mapping[int, str], sent: list[Consignment]
) -> None:
    country, sku = np.divmod(uses.known, uses.skus)
    coming = cycle.first + cycle.second
    key = np.where(coming > 0, country * 100_000 + cycle.start, -1)
    for group in np.unique(key[key >= 0]):
        rows = np.flatnonzero(key == group)
        place, start = divmod(int(group), 100_000)
        newest = int(uses.newest[rows[0]])
        if start > newest:
            continue
        for at in range(0, len(rows), _PER_SHIPMENT):
            part = rows[at : at + _PER_SHIPMENT]
            missing = np.where(_luck(part, start) < 50, coming[part] // 30 + 1, 0)
            sent.append(
                Consignment(
                    number=len(sent),
                    pool=pool_of.get(place, "EU"),
                    country=COUNTRIES[place],
                    created=start - LEAD,
                    arrival=start,
                    skus=sku[part],
                    shipped=coming[part] + missing,
                    parts=[
                        (start, cycle.first[part]),
                        (start + SECOND_PART, cycle.second[part]),
                    ],
                )
            )


def _send_ahead(
    uses: Uses, pool_of: Mapping[int, str], sent: list[Consignment]
) -> None:
    """Add what is on its way now: as much as the last six weeks sold."""
    country, sku = np.divmod(uses.known, uses.skus)
    fresh = uses.day > uses.newest[uses.series] - CYCLE
    recent = np.bincount(
        uses.series[fresh], weights=uses.units[fresh], minlength=len(uses.known)
    ).astype(np.int64)
    for number, ago in enumerate((9, 4, 0)):
        luck = _luck(uses.known, 77) % 5
        chosen = (recent > 0) & (luck == number)
        for place in np.unique(country[chosen]):
            rows = np.flatnonzero(chosen & (country == place))
            for at in range(0, len(rows), _PER_SHIPMENT):
                part = rows[at : at + _PER_SHIPMENT]
                created = int(uses.newest[part[0]]) - ago
                sent.append(
                    Consignment(
                        number=len(sent),
                        pool=pool_of.get(int(place), "EU"),
                        country=COUNTRIES[place],
                        created=created,
                        arrival=created + LEAD,
                        skus=sku[part],
                        shipped=recent[part],
                        parts=[],
                    )
                )
