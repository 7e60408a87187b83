"""Who is synced, what can be synced, and what does a failure mean?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from core.kernel.errors import AppError, InputError, RequestRefusedError, StoppedError
from core.kernel.marketplaces import Region
from core.sync.progress import DatasetResult, Status

DATASETS = (
    "participations",
    "inventory",
    "orders",
    # before the ledger, which takes longest: every page has figures sooner
    "shipments",
    "ledger",
    "catalog",
)
"""In the order in which they are fetched."""


@dataclass(frozen=True, slots=True)
class SyncSource:
    """One connection of a workspace.

    Attributes:
        connection_id: In the control database.
        retention_months: How long figures are kept; None: all Amazon gives.
    """

    connection_id: str
    region: Region
    retention_months: int | None = None


def chosen(datasets: Sequence[str] | None) -> tuple[str, ...]:
    """Return the datasets asked for, in the order in which they are fetched.

    Raises:
        InputError: One of them does not exist.
    """
    unknown = [name for name in datasets or () if name not in DATASETS]
    if unknown:
        raise InputError(
            f"There is no dataset “{unknown[0]}”.", f"Use {', '.join(DATASETS)}."
        )
    return tuple(name for name in DATASETS if datasets is None or name in datasets)


def ended(
    source: SyncSource,
    dataset: str,
    rows: int,
    as_of: datetime | None,
    failure: AppError | None,
) -> DatasetResult:
    """Return how a dataset ended; what was loaded before stays as it is."""
    if failure is None:
        return DatasetResult(dataset, rows, as_of, "ok", connection=source.region)
    status: Status = "failed"
    if isinstance(failure, StoppedError):
        status = "stopped"
    elif _is_forbidden(failure):
        status = "off"
    return DatasetResult(
        dataset,
        rows,
        as_of,
        status,
        failure.message,
        failure.hint,
        connection=source.region,
    )


def _is_forbidden(failure: AppError) -> bool:
    """Tell whether Amazon just does not open this dataset to the connection."""
    return (
        isinstance(failure, RequestRefusedError)
        and failure.status == HTTPStatus.FORBIDDEN
    )
