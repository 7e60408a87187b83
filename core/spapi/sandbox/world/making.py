"""Who are the sellers of a made-up world, and what do they hold?"""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from core.kernel.errors import InputError
from core.kernel.marketplaces import (
    BY_CODE,
    MARKETPLACES,
    POOL_BY_CODE,
    REGIONS,
    Region,
)
from core.spapi.sandbox.world import lines as order_lines
from core.spapi.sandbox.world import supply
from core.spapi.sandbox.world.demand import HISTORY_DAYS, OUTLETS
from core.spapi.sandbox.world.ledger import listed, standing
from core.spapi.sandbox.world.model import (
    Goods,
    Ints,
    Seller,
    Shipment,
    Standing,
    Stock,
    World,
)
from core.spapi.sandbox.world.seeded import Simulation


def seeded(skus: int, seed: int, now: datetime, began: date | None = None) -> World:
    """Return the world of a made-up seller, the same for the same arguments.

    Worlds that began on the same day agree on the past, whenever they are made:
    a later one goes on where an earlier one ended.

    Args:
        skus: How many SKUs the seller has.
        seed: Chooses among worlds.
        now: The aware instant at which the history ends.
        began: The history's first day; two years before `now` when not given.

    Raises:
        InputError: It began today or later.
    """
    first_day = began or now.date() - timedelta(days=HISTORY_DAYS)
    if first_day >= now.date():
        raise InputError(
            f"A history cannot begin on {first_day}: it ends on {now.date()}.",
            "Choose an earlier day.",
        )
    simulation = Simulation(skus, seed, first_day, now)
    simulation.run()
    newest = simulation.newest
    stock = simulation.journal.close(first_day, newest)
    calendar = first_day, newest
    sent = supply.shipments(simulation.pipeline.sent, calendar, now, seed)
    by_region, pending = order_lines.lines_of(simulation, seed)
    places = [place.code for place in OUTLETS if place.code in BY_CODE]
    shown = {
        region: ([code for code in places if BY_CODE[code].region == region], table)
        for region, table in by_region.items()
    }
    goods = simulation.goods
    held = standings(goods, stock, newest, pending, sent)
    return world_of(goods, stock, held, shown, (seed, now, sent))


def world_of(
    goods: Goods,
    stock: Stock,
    held: dict[str, Standing],
    by_region: Mapping[Region, tuple[list[str], pa.Table]],
    rest: tuple[object, datetime, list[Shipment]],
) -> World:
    """Put a world together.

    Args:
        goods: What is sold.
        stock: All movements.
        held: The stock of today, by pool.
        by_region: Codes of the marketplaces and the order lines of a region.
        rest: What chooses the tokens, the world's now, all shipments.
    """
    seed, now, sent = rest
    return World(
        now=now,
        goods=goods,
        stock=stock,
        standings=held,
        sellers=tuple(
            _seller(region, seed, *by_region[region], sent)
            for region in REGIONS
            if region in by_region
        ),
        client_id=f"amzn1.application-oa2-client.{_secret(seed, 'client')[:32]}",
        client_secret=f"amzn1.oa2-cs.v1.{_secret(seed, 'secret')}",
    )


def zone(pool: str) -> ZoneInfo:
    """Return the time zone of a pool's days."""
    return ZoneInfo(POOL_BY_CODE[pool].time_zone)


def standings(
    goods: Goods,
    stock: Stock,
    newest: dict[str, int],
    pending: dict[str, Ints],
    sent: list[Shipment],
) -> dict[str, Standing]:
    """Return the stock of today of every pool."""
    rank = np.argsort(np.argsort(goods.sku.astype(str), kind="stable"))
    return {
        pool: listed(
            standing(
                stock,
                pool,
                day,
                pending[pool],
                [one for one in sent if one.pool == pool],
            ),
            stock,
            pool,
            rank,
        )
        for pool, day in newest.items()
    }


def _seller(
    region: Region,
    seed: object,
    codes: list[str],
    table: pa.Table,
    sent: list[Shipment],
) -> Seller:
    """Return one region's seller with tokens that a restart does not change."""
    number = REGIONS.index(region)
    places = tuple(place for place in MARKETPLACES if place.code in codes)
    pools = {place.pool for place in places}
    return Seller(
        region=region,
        seller_id=f"A{_secret(seed, f'seller{number}').upper()[:13]}",
        refresh_token=f"Atzr|{_secret(seed, f'refresh{number}')}",
        marketplaces=places,
        lines=table,
        by_update=order_lines.by_update(table),
        shipments=tuple(one for one in sent if one.pool in pools),
    )


def _secret(seed: object, purpose: str) -> str:
    return hashlib.sha256(f"sandbox:{seed}:{purpose}".encode()).hexdigest()
