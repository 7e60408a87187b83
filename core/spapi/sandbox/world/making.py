"""Who are the sellers of a made-up world, and what do they hold?"""

import hashlib
from datetime import datetime

import numpy as np

from core.kernel.marketplaces import BY_CODE, REGIONS, Marketplace, Region
from core.spapi.sandbox.world import lines as order_lines
from core.spapi.sandbox.world import supply
from core.spapi.sandbox.world.ledger import standing
from core.spapi.sandbox.world.model import (
    Goods,
    Ints,
    Seller,
    Shipment,
    Standing,
    Stock,
    World,
)
from core.spapi.sandbox.world.seeded import OUTLETS, Simulation


def seeded(skus: int, seed: int, now: datetime) -> World:
    """Return the world of a made-up seller, the same for the same arguments.

    Args:
        skus: How many SKUs the seller has.
        seed: Chooses among worlds.
        now: The aware instant at which two years of history end.
    """
    simulation = Simulation(skus, seed, now)
    simulation.run()
    stock = simulation.journal.close(simulation.first_day)
    sent = supply.shipments(simulation.pipeline.sent, simulation.first_day, now, seed)
    tables = order_lines.lines_of(simulation, seed)
    places = tuple(BY_CODE[place.code] for place in OUTLETS if place.code in BY_CODE)
    return World(
        now=now,
        goods=simulation.goods,
        stock=stock,
        standings=standings(
            simulation.goods, stock, simulation.newest, simulation.pending, sent
        ),
        sellers=tuple(
            seller(
                region,
                seed,
                tuple(p for p in places if p.region == region),
                table,
                sent,
            )
            for region, table in tables.items()
        ),
        client_id=f"amzn1.application-oa2-client.{_secret(seed, 'client')[:32]}",
        client_secret=f"amzn1.oa2-cs.v1.{_secret(seed, 'secret')}",
    )


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
        pool: standing(
            stock,
            pool=pool,
            skus=len(goods.sku),
            newest_day=day,
            pending=pending[pool],
            shipments=[one for one in sent if one.pool == pool],
            order=rank,
        )
        for pool, day in newest.items()
    }


def seller(
    region: Region,
    seed: object,
    places: tuple[Marketplace, ...],
    table: object,
    sent: list[Shipment],
) -> Seller:
    """Return one region's seller with tokens that a restart does not change."""
    number = REGIONS.index(region)
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
