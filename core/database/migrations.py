"""Is the file's structure the one that this program knows?

`schema/NNNN_*.sql` are applied once, in order, each in a transaction;
`views/*.sql` are replaced whenever their text changed. What a file has is
recorded in its own `meta` table.
"""

import hashlib
import secrets
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa

from core.kernel.errors import DatabaseError
from core.kernel.ids import new_id
from core.kernel.marketplaces import MARKETPLACES, NON_AMAZON, POOLS

SCHEMA = Path(__file__).with_name("schema")
VIEWS = Path(__file__).with_name("views")


def bring_up_to_date(
    cursor: duckdb.DuckDBPyConnection, schema: Path = SCHEMA, views: Path = VIEWS
) -> None:
    """Give a file the structure that this program knows, if it lacks it.

    Raises:
        DatabaseError: The file was made by a newer program.
    """
    known = {path.stem: path.read_text() for path in sorted(schema.glob("*.sql"))}
    shown = {path.stem: path.read_text() for path in sorted(views.glob("*.sql"))}
    target = _fingerprint(
        [*known.values(), *shown.values(), repr((POOLS, MARKETPLACES))]
    )
    recorded = _meta(cursor)
    if recorded.get("structure") == target:
        return
    applied = int(recorded.get("schema", "0"))
    if applied > max(int(name[:4]) for name in known):
        raise DatabaseError(
            "This workspace was written by a newer version of Stockener.",
            "Update the program. Nothing was changed.",
        )
    for name, statements in known.items():
        if int(name[:4]) > applied:
            _apply(cursor, int(name[:4]), statements)
    _replace_views(cursor, shown)
    _fill(cursor, target)
    cursor.execute("checkpoint")


def _apply(cursor: duckdb.DuckDBPyConnection, number: int, statements: str) -> None:
    cursor.execute("begin")
    try:
        cursor.execute(statements)
        _remember(cursor, "schema", str(number))
        cursor.execute("commit")
    except duckdb.Error:
        cursor.execute("rollback")
        raise


def _replace_views(cursor: duckdb.DuckDBPyConnection, views: dict[str, str]) -> None:
    """Create views that may build on each other, whatever their names."""
    waiting = dict(views)
    while waiting:
        failed: dict[str, str] = {}
        for name, select in waiting.items():
            try:
                cursor.execute(f"create or replace view {name} as\n{select}")
            except duckdb.CatalogException:
                failed[name] = select
        if len(failed) == len(waiting):
            name, select = failed.popitem()
            cursor.execute(f"create or replace view {name} as\n{select}")
        waiting = failed


def _fill(cursor: duckdb.DuckDBPyConnection, target: str) -> None:
    cursor.execute("begin")
    try:
        for table, rows in _dimensions().items():
            cursor.register("facts", rows)
            key = rows.column_names[0]
            cursor.execute(
                f"insert into {table} select * from facts"
                f" where {key} not in (select {key} from {table})"
            )
            cursor.unregister("facts")
        recorded = _meta(cursor)
        recorded.setdefault("order_secret", secrets.token_hex(32))
        recorded.setdefault("version", new_id())
        recorded["structure"] = target
        cursor.register("facts", _table("name value", list(recorded.items())))
        cursor.execute("insert or replace into meta select * from facts")
        cursor.unregister("facts")
        cursor.execute("commit")
    except duckdb.Error:
        cursor.execute("rollback")
        raise


def _dimensions() -> dict[str, pa.Table]:
    pool_ids = {pool.code: pool.number for pool in POOLS}
    pools = [(pool.number, pool.code, pool.region, pool.time_zone) for pool in POOLS]
    countries = [(country, pool.number) for pool in POOLS for country in pool.countries]
    places: list[tuple[object, ...]] = [
        (0, NON_AMAZON, None, NON_AMAZON, None, None, None, "UTC")
    ]
    places += [
        (
            place.number,
            place.code,
            place.amazon_id,
            place.sales_channel,
            place.region,
            pool_ids[place.pool],
            place.currency,
            place.time_zone,
        )
        for place in MARKETPLACES
    ]
    return {
        "pools": _table("pool_id code region time_zone", pools),
        "pool_countries": _table("country pool_id", countries),
        "marketplaces": _table(
            "marketplace_id code amazon_id sales_channel"
            " region pool_id currency time_zone",
            places,
        ),
    }


def _table(names: str, rows: Iterable[tuple[object, ...]]) -> pa.Table:
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    return pa.table(columns, names=names.split())


def _meta(cursor: duckdb.DuckDBPyConnection) -> dict[str, str]:
    tables = cursor.execute(
        "select 1 from duckdb_tables()"
        " where database_name = current_database() and table_name = 'meta'"
    )
    if tables.fetchone() is None:
        return {}
    return dict(cursor.execute("select name, value from meta").fetchall())


def _remember(cursor: duckdb.DuckDBPyConnection, name: str, value: str) -> None:
    cursor.execute(
        "insert or replace into meta values ($name, $value)",
        {"name": name, "value": value},
    )


def _fingerprint(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
