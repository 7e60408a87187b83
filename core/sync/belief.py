"""Is this credible? What is not never replaces what we have. Pure."""

from datetime import timedelta

from core.kernel.errors import SyncError

LEAST_SKUS = 20
LEAST_SHARE = 0.5
DOUBT = timedelta(days=3)


def check_walk(listed: int, before: int, age: timedelta) -> None:
    """Refuse a walk that lost most SKUs: Amazon lists them even when empty.

    A list that stays short is believed once the last good one is too old.

    Raises:
        SyncError: It lists fewer than half of those of a recent walk.
    """
    if age > DOUBT or before < LEAST_SKUS:
        return
    if listed < before * LEAST_SHARE:
        raise SyncError(
            f"Amazon lists only {listed} SKUs where it listed {before} before.",
            "The earlier figures stay. Sync again later; a list that stays short"
            f" is believed after {DOUBT.days} days.",
        )


def check_no_stock(units_beside: int) -> None:
    """Refuse an empty ledger beside days on which there was stock.

    Raises:
        SyncError: Stock does not vanish without a movement.
    """
    if units_beside > 0:
        raise SyncError(
            "Amazon's ledger came empty, although there was stock just beside it.",
            "The earlier figures stay. Sync again in a few hours.",
        )
