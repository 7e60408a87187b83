"""Do the figures of a made-up world agree with each other?"""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from core.kernel.marketplaces import BY_CODE, POOL_BY_CODE
from core.spapi.sandbox.world import World, seeded
from core.spapi.sandbox.world.ledger import ending
from core.spapi.sandbox.world.lines import seconds
from core.spapi.sandbox.world.making import zone
from core.spapi.sandbox.world.model import DISPOSITIONS, Kind
from tests.building.sandbox import NOW


def used_by_orders(world: World, pool: str) -> np.ndarray:
    """Return Amazon-fulfilled units that left a pool, per (SKU, local day)."""
    region = POOL_BY_CODE[pool].region
    seller = next(one for one in world.sellers if one.region == region)
    channels = [
        place.sales_channel for place in BY_CODE.values() if place.pool == pool
    ] + {"US": ["Non-Amazon US"], "EU": ["Non-Amazon"]}.get(pool, [])
    lines = seller.lines.filter(
        pc.is_in(seller.lines["sales_channel"], pa.array(channels))
    )
    lines = lines.filter(
        pc.and_(
            pc.equal(lines["fulfilment"], "Amazon"),
            pc.not_equal(lines["order_status"], "Cancelled"),
        )
    )
    local = pc.local_timestamp(
        lines["purchased_at"].cast(pa.timestamp("s", str(zone(pool))))
    )
    origin = (world.stock.first_day - datetime(1970, 1, 1, tzinfo=UTC).date()).days
    day = local.cast(pa.int64()).to_numpy() // 86_400 - origin
    number = {sku: row for row, sku in enumerate(world.goods.sku)}
    sku = np.array([number[text] for text in lines["sku"].to_pylist()], int)
    units = np.zeros((len(number), world.newest_day(pool) + 2), int)
    np.add.at(units, (sku, day), lines["quantity"].to_numpy())
    return units


def test_no_balance_is_ever_below_zero(world: World) -> None:
    newest = max(world.newest_day(pool) for pool in world.standings)
    lowest = min(ending(world.stock, day).min() for day in range(newest + 1))
    assert lowest == 0


@pytest.mark.parametrize("pool", ["US", "CA", "MX", "UK", "EU", "JP"])
def test_the_ledger_ships_what_customers_ordered_that_day(
    world: World, pool: str
) -> None:
    stock, newest = world.stock, world.newest_day(pool)
    in_pool = np.isin(stock.country, POOL_BY_CODE[pool].countries)[stock.series]
    left = in_pool & (stock.kind == Kind.CUSTOMER_SHIPMENTS)
    shipped = np.zeros((len(world.goods.sku), newest + 1), int)
    where = stock.sku[stock.series[left]], stock.day[left]
    np.add.at(shipped, where, -stock.units[left])
    ordered = used_by_orders(world, pool)
    assert (shipped == ordered[:, : newest + 1]).all()
    held = world.standings[pool]
    assert (held.customer_orders == ordered[held.sku, newest + 1]).all()


@pytest.mark.parametrize("pool", ["US", "UK", "EU", "JP"])
def test_the_stock_of_today_is_the_newest_ledger_split_into_states(
    world: World, pool: str
) -> None:
    balance = ending(world.stock, world.newest_day(pool))
    held = world.standings[pool]
    for number, parts in (
        (0, held.fulfillable + held.reserved + held.researching),
        (DISPOSITIONS.index("CUSTOMER_DAMAGED"), held.customer_damaged),
        (DISPOSITIONS.index("WAREHOUSE_DAMAGED"), held.warehouse_damaged),
    ):
        here = np.isin(world.stock.country, POOL_BY_CODE[pool].countries)
        here &= world.stock.disposition == number
        summed = np.zeros(len(world.goods.sku), int)
        np.add.at(summed, world.stock.sku[here], balance[here])
        assert (summed[held.sku] == parts).all()
    assert (held.fulfillable >= 0).all()


def test_receipts_are_what_shipments_say_was_received(world: World) -> None:
    received = sum(int(s.received.sum()) for x in world.sellers for s in x.shipments)
    booked = world.stock.units[world.stock.kind == Kind.RECEIPTS].sum()
    assert received == booked


def test_transfers_between_countries_cancel_out(world: World) -> None:
    moved = world.stock.kind == Kind.TRANSFERS
    assert moved.any()
    totals = np.zeros(int(world.stock.day.max()) + 1, int)
    np.add.at(totals, world.stock.day[moved], world.stock.units[moved])
    assert (totals == 0).all()


def test_life_is_as_messy_as_a_sellers() -> None:
    world = seeded(150, 4, NOW)
    shipments = [one for seller in world.sellers for one in seller.shipments]
    closed = [one for one in shipments if one.status == "CLOSED"]
    statuses = {one.status for one in shipments}
    assert any((one.received < one.shipped).any() for one in closed)
    assert {"CANCELLED", "RECEIVING", "IN_TRANSIT"} <= statuses
    assert any((held.fulfillable == 0).any() for held in world.standings.values())
    assert (world.goods.stranded_from >= 0).any()
    eu = np.isin(world.stock.country, POOL_BY_CODE["EU"].countries)
    assert len(set(world.stock.country[eu])) >= 4
    kinds = set(world.stock.kind.tolist())
    assert {Kind.CUSTOMER_RETURNS, Kind.LOST, Kind.FOUND, Kind.DAMAGED} <= kinds
    lines = pa.concat_tables([seller.lines for seller in world.sellers])
    assert set(lines["order_status"].to_pylist()) >= {"Cancelled", "Shipped"}
    assert set(lines["fulfilment"].to_pylist()) == {"Amazon", "Merchant"}
    assert any(c.startswith("Non-Amazon") for c in lines["sales_channel"].to_pylist())


def test_lines_end_now_and_begin_two_years_ago(world: World) -> None:
    for seller in world.sellers:
        at = seconds(seller.lines, "purchased_at")
        assert at.max() < NOW.timestamp()
        assert at.min() < (NOW - timedelta(days=720)).timestamp()
        assert (np.diff(at) >= 0).all()
        assert (seconds(seller.lines, "updated_at") >= at).all()


def test_an_order_is_of_one_channel_and_one_instant(world: World) -> None:
    lines = world.sellers[1].lines
    grouped = lines.group_by("order_id").aggregate(
        [
            (name, "count_distinct")
            for name in ("purchased_at", "sales_channel", "fulfilment", "order_status")
        ]
    )
    for name in grouped.column_names[1:] if grouped.column_names else ():
        if name != "order_id":
            assert pc.max(grouped[name]).as_py() == 1
    assert grouped.num_rows < lines.num_rows


def test_the_same_seed_is_the_same_world_and_another_is_not() -> None:
    first, again, other = (seeded(20, seed, NOW) for seed in (7, 7, 8))
    assert first.sellers[0].lines.equals(again.sellers[0].lines)
    assert (first.stock.units == again.stock.units).all()
    assert first.sellers[0].refresh_token == again.sellers[0].refresh_token
    assert not first.sellers[0].lines.equals(other.sellers[0].lines)


@pytest.mark.parametrize("hour", [0, 3, 10, 16, 23])
def test_figures_agree_at_every_hour_of_the_day(hour: int) -> None:
    world = seeded(15, 2, datetime(2026, 3, 29, hour, 30, tzinfo=UTC))
    for pool in world.standings:
        test_the_ledger_ships_what_customers_ordered_that_day(world, pool)
