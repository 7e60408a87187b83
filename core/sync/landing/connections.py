"""Which connections feed this workspace, and what do they hold?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from core.database.workspace_db import Load, WorkspaceDb
from core.kernel.marketplaces import MARKETPLACES, Marketplace, Region
from core.sync.landing.statements import insert, read

_BY_NUMBER = {place.number: place for place in MARKETPLACES}


@dataclass(frozen=True, slots=True)
class Holding:
    """One connection as the workspace knows it.

    Attributes:
        number: Its small key in this workspace.
        marketplaces: Those it is known to hold, none before the first sync.
    """

    number: int
    region: Region
    marketplaces: tuple[Marketplace, ...]


def register(db: WorkspaceDb, connections: Iterable[tuple[str, Region]]) -> None:
    """Make connections known: a day is complete when all of them cover it.

    Each is its id in the control database, and its region.
    """
    known = set(db.ask("select control_id from connections")[0].to_pylist())
    fresh = [pair for pair in dict.fromkeys(connections) if pair[0] not in known]
    if not fresh:
        return
    with db.load() as load:
        for control_id, region in fresh:
            load.run(
                "insert into connections"
                " select coalesce(max(connection_id), 0) + 1, $control_id, $region"
                " from connections where not exists (select 1 from connections"
                " where control_id = $control_id)",
                control_id=control_id,
                region=region,
            )


def holding(db: WorkspaceDb, control_id: str) -> Holding:
    """Return a registered connection and what it holds."""
    own = db.ask(
        "select connection_id, region from connections where control_id = $control_id",
        control_id=control_id,
    ).to_pylist()[0]
    number = int(own["connection_id"])
    held = holdings(db).get(number, frozenset())
    places = tuple(_BY_NUMBER[key] for key in sorted(held))
    return Holding(number, cast("Region", own["region"]), places)


def regions(source: WorkspaceDb | Load) -> dict[int, Region]:
    """Return every connection of the workspace and its region."""
    table = read(source, "select connection_id, region from connections")
    return dict(zip(*(column.to_pylist() for column in table.columns), strict=True))


def holdings(source: WorkspaceDb | Load) -> dict[int, frozenset[int]]:
    """Return the marketplaces that each connection is known to hold."""
    table = read(source, "select * from connection_marketplaces order by all")
    found: dict[int, frozenset[int]] = {}
    for row in table.to_pylist():
        number = row["connection_id"]
        found[number] = found.get(number, frozenset()) | {row["marketplace_id"]}
    return found


def land(load: Load, connection: int, marketplaces: Iterable[int]) -> None:
    """Replace what a connection holds."""
    load.run(
        "delete from connection_marketplaces where connection_id = $connection",
        connection=connection,
    )
    insert(
        load,
        "connection_marketplaces",
        [{"connection_id": connection, "marketplace_id": n} for n in marketplaces],
    )


def first_days(db: WorkspaceDb, connection: int) -> dict[int, date]:
    """Return since which day each marketplace's figures are wanted."""
    table = db.ask(
        "select marketplace_id, first_day from first_days"
        " where connection_id = $connection",
        connection=connection,
    )
    return dict(zip(*(column.to_pylist() for column in table.columns), strict=True))


def keep_first_days(db: WorkspaceDb, connection: int, days: Mapping[int, date]) -> None:
    """Remember since which day each marketplace's figures are wanted."""
    if first_days(db, connection) == dict(days):
        return
    with db.load() as load:
        load.run(
            "delete from first_days where connection_id = $connection",
            connection=connection,
        )
        insert(
            load,
            "first_days",
            [
                {"connection_id": connection, "marketplace_id": n, "first_day": day}
                for n, day in days.items()
            ],
        )
