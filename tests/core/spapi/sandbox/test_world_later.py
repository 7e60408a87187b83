"""Does a world that is made later agree on the past with one made before?"""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from core.kernel.errors import InputError
from core.spapi.sandbox.world import World, seeded
from core.spapi.sandbox.world.ledger import POOL_OF_COUNTRY
from core.spapi.sandbox.world.model import Shipment, Stock
from tests.building.sandbox import NOW

BEGAN = date(2024, 11, 20)
LATER = timedelta(days=3, hours=7)
MOVING = ("updated_at", "order_status", "item_status")


def pair(now: datetime, skus: int = 90) -> tuple[World, World]:
    return seeded(skus, 5, now, BEGAN), seeded(skus, 5, now + LATER, BEGAN)


def fixed(lines: pa.Table, before: datetime) -> pa.Table:
    """Return what never changes of the lines that were purchased before."""
    past = lines.filter(pc.less(lines["purchased_at"], pa.scalar(before)))
    past = past.drop_columns(list(MOVING))
    return past.sort_by([(name, "ascending") for name in past.column_names])


def movements(stock: Stock, newest: dict[str, int]) -> set[tuple[object, ...]]:
    """Return every movement of the days that are over; equal ones are summed."""
    country = stock.country[stock.series]
    until = np.array([newest[POOL_OF_COUNTRY[name]] for name in country])
    over = stock.day <= until
    columns = {
        "sku": stock.sku[stock.series][over],
        "country": pa.array(country[over], pa.string()),
        "disposition": stock.disposition[stock.series][over],
        "day": stock.day[over],
        "kind": stock.kind[over],
    }
    table = pa.table({**columns, "units": stock.units[over]})
    summed = table.group_by(list(columns)).aggregate([("units", "sum")])
    return {tuple(row.values()) for row in summed.to_pylist()}


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_a_world_made_three_days_later_agrees_on_the_past(hour: int) -> None:
    earlier, later = pair(NOW.replace(hour=hour, minute=40))
    newest = {pool: earlier.newest_day(pool) for pool in earlier.standings}
    for before, after in zip(earlier.sellers, later.sellers, strict=True):
        known, again = (fixed(s.lines, earlier.now) for s in (before, after))
        assert known.num_rows == before.lines.num_rows
        assert known.equals(again)
        assert after.lines.num_rows > known.num_rows
        assert before.refresh_token == after.refresh_token
    assert movements(earlier.stock, newest) == movements(later.stock, newest)


def test_whatever_changed_since_says_so() -> None:
    earlier, later = pair(NOW)
    for before, after in zip(earlier.sellers, later.sellers, strict=True):
        said = pc.less(after.lines["updated_at"], pa.scalar(earlier.now))
        untouched = after.lines.filter(said)
        columns = ["order_id", "sku", "quantity", *MOVING]
        known = set(map(str, before.lines.select(columns).to_pylist()))
        assert set(map(str, untouched.select(columns).to_pylist())) <= known


def test_orders_move_on_and_never_back() -> None:
    earlier, later = pair(NOW)
    moved = 0
    for before, after in zip(earlier.sellers, later.sellers, strict=True):
        then = dict(zip(*(before.lines[n].to_pylist() for n in ORDER), strict=True))
        now = dict(zip(*(after.lines[n].to_pylist() for n in ORDER), strict=True))
        assert all(now[order] >= seen for order, seen in then.items())
        moved += sum(now[order] > seen for order, seen in then.items())
    assert moved


ORDER = ("order_id", "updated_at")


def test_shipments_keep_their_names_and_are_received_on() -> None:
    earlier, later = pair(NOW)
    now = {one.shipment_id: one for x in later.sellers for one in x.shipments}
    assert len(now) == sum(len(seller.shipments) for seller in later.sellers)
    for seller in earlier.sellers:
        for one in seller.shipments:
            same = now[one.shipment_id]
            assert (same.name, same.created) == (one.name, one.created)
            assert (same.skus == one.skus).all()
            assert (same.shipped == one.shipped).all()
            assert (same.received >= one.received).all()
            assert is_same(one, same) or same.updated_at >= earlier.now


def is_same(one: Shipment, other: Shipment) -> bool:
    return one.status == other.status and bool((one.received == other.received).all())


def test_a_history_needs_a_yesterday() -> None:
    with pytest.raises(InputError, match="cannot begin"):
        seeded(3, 1, NOW, NOW.date())


def test_a_history_may_be_short() -> None:
    world = seeded(40, 1, datetime(2026, 1, 20, 12, tzinfo=UTC), date(2026, 1, 2))
    assert world.sellers[0].lines.num_rows
    assert (world.goods.stranded_from < 0).all()
