"""Which reports does the double make, how fresh and how far back?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.kernel.marketplaces import BY_AMAZON_ID
from core.spapi.sandbox.refusals import invalid
from core.spapi.sandbox.reports import ledger, orders, stock
from core.spapi.sandbox.reports.flat_files import FlatFile
from core.spapi.sandbox.world.model import Seller, World

ORDERS = (orders.BY_ORDER_DATE, orders.BY_LAST_UPDATE)
_DAY = timedelta(days=1)
_NEAR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Facts:
    """What Amazon says of a report type.

    Attributes:
        freshness: The same request sooner than this ends FATAL.
        history: How far back its data may start.
        options: Allowed report options and their values.
    """

    freshness: timedelta = _NEAR
    history: timedelta = 10_000 * _DAY
    dated: bool = False
    options: Mapping[str, tuple[str, ...]] | None = None


TYPES: Mapping[str, Facts] = {
    **{kind: Facts(timedelta(), 732 * _DAY, dated=True) for kind in ORDERS},
    ledger.LEDGER: Facts(
        timedelta(hours=4),
        550 * _DAY,
        dated=True,
        options={
            "aggregateByLocation": ledger.PLACES,
            "aggregatedByTimePeriod": ledger.PERIODS,
        },
    ),
    **{kind: Facts() for kind in stock.TABLES},
}


def text(
    world: World,
    seller: Seller,
    report_type: str,
    marketplace_ids: Sequence[str],
    asked: tuple[datetime, datetime, Mapping[str, str]],
) -> FlatFile:
    """Return an FBA report of the pools of some marketplaces."""
    pools = list(dict.fromkeys(BY_AMAZON_ID[code].pool for code in marketplace_ids))
    start, end, options = asked
    if report_type == ledger.LEDGER:
        first, last = ledger.days_of(world, start, end)
        span = ledger.Span(
            first,
            last,
            options.get("aggregatedByTimePeriod", "MONTHLY"),
            by_center=options.get("aggregateByLocation") == "FC",
        )
        return ledger.text(world, seller.region, pools, span)
    return stock.text(world, seller.region, pools, report_type)


def check_options(report_type: str, options: Mapping[str, str]) -> None:
    """Refuse options that the report does not know."""
    allowed = TYPES[report_type].options or {}
    for name, value in options.items():
        if value not in allowed.get(name, ()):
            raise invalid(f"Invalid report option {name}: {value}")
