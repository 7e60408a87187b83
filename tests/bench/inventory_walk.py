"""How close to Amazon's floor is a full walk through the inventory?

5,000 SKUs in 9 marketplaces at Amazon's rates, on a clock on which waiting
takes no time, against a bucket with Amazon's numbers that refuses what is
too early.
"""

from typing import Any

from core.kernel.marketplaces import MARKETPLACES
from core.spapi.operations import OPERATIONS
from tests.building.loopback import TOKEN_PATH, Asked, Reply, amazon_at, loopback
from tests.building.simulated_clock import SimulatedClock

SKUS, PAGE = 5000, 50
PLACES = [place.amazon_id for place in MARKETPLACES if place.region == "EU"][:9]
FACTS = OPERATIONS["getInventorySummaries"]
SECONDS_UNDERWAY = 0.08


class Shelf:
    """Inventory behind Amazon's bucket."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock
        self._level, self._at = float(FACTS.burst), clock.monotonic()
        self.refused = 0

    def answer(self, asked: Asked) -> Any:
        if asked.path == TOKEN_PATH:
            return None
        self._clock.pass_time(SECONDS_UNDERWAY / 2)
        if not self._take():
            self.refused += 1
            return Reply({"errors": [{"code": "QuotaExceeded", "message": "No"}]}, 429)
        self._clock.pass_time(SECONDS_UNDERWAY / 2)
        start = int(asked.query.get("nextToken", "0"))
        rows = [{"sellerSku": f"SKU-{n}"} for n in range(start, start + PAGE)]
        page: dict[str, Any] = {
            "payload": {"granularity": {}, "inventorySummaries": rows}
        }
        if start + PAGE < SKUS:
            page["pagination"] = {"nextToken": str(start + PAGE)}
        return Reply(page, headers={"x-amzn-RateLimit-Limit": "2.0"})

    def _take(self) -> bool:
        now = self._clock.monotonic()
        gained = (now - self._at) * FACTS.rate
        self._level, self._at = min(FACTS.burst, self._level + gained), now
        if self._level < 1:
            return False
        self._level -= 1
        return True


def rows() -> list[tuple[str, float, float, str]]:
    """Return how the walk compares with what it may take."""
    clock = SimulatedClock()
    shelf = Shelf(clock)
    with loopback(shelf.answer) as server:
        amazon = amazon_at(server.address, clock)
        start, pages = clock.monotonic(), 0
        for place in PLACES:
            pages += len(
                amazon.whole(
                    "getInventorySummaries",
                    granularityType="Marketplace",
                    granularityId=place,
                    marketplaceIds=[place],
                    details=True,
                )
            )
        took = clock.monotonic() - start
        amazon.close()
    floor = (pages - FACTS.burst) / FACTS.rate
    name = f"inventory walk, {SKUS} SKUs, {len(PLACES)} marketplaces"
    return [
        (f"{name}: of Amazon's floor of {floor:.0f} s", took / floor, 1.1, "times"),
        (f"{name}: refused as too early", float(shelf.refused), 0, "calls"),
    ]
