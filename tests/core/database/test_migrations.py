from pathlib import Path

import duckdb
import pytest

from core.database import migrations
from core.database.workspace_db import WorkspaceDb


@pytest.fixture
def cursor() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    folder = tmp_path / "schema"
    folder.mkdir()
    for file in migrations.SCHEMA.glob("*.sql"):
        (folder / file.name).write_text(file.read_text())
    return folder


@pytest.fixture
def views(tmp_path: Path) -> Path:
    folder = tmp_path / "views"
    folder.mkdir()
    (folder / "a_codes.sql").write_text("select code from b_places\n")
    (folder / "b_places.sql").write_text("select * from marketplaces\n")
    return folder


def test_files_are_applied_once_and_in_order(
    cursor: duckdb.DuckDBPyConnection, schema: Path, views: Path
) -> None:
    migrations.bring_up_to_date(cursor, schema, views)
    (schema / "9001_first.sql").write_text("create table first (n integer);")
    (schema / "9002_second.sql").write_text(
        "alter table first add column m integer; insert into first values (1, 2);"
    )
    for _ in range(2):
        migrations.bring_up_to_date(cursor, schema, views)
    assert cursor.execute("select * from first").fetchall() == [(1, 2)]
    assert cursor.execute(
        "select value from meta where name = 'schema'"
    ).fetchall() == [("9002",)]


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    cursor: duckdb.DuckDBPyConnection, schema: Path, views: Path
) -> None:
    migrations.bring_up_to_date(cursor, schema, views)
    before = migrations._meta(cursor)
    (schema / "9001_broken.sql").write_text(
        "create table half (n integer); insert into half values ('no number');"
    )
    with pytest.raises(duckdb.ConversionException):
        migrations.bring_up_to_date(cursor, schema, views)
    assert migrations._meta(cursor) == before
    with pytest.raises(duckdb.CatalogException):
        cursor.execute("select * from half")


def test_views_may_build_on_each_other_and_are_replaced(
    cursor: duckdb.DuckDBPyConnection, schema: Path, views: Path
) -> None:
    migrations.bring_up_to_date(cursor, schema, views)
    assert len(cursor.execute("select * from a_codes").fetchall()) == 17
    (views / "b_places.sql").write_text(
        "select * from marketplaces where code = 'DE'\n"
    )
    migrations.bring_up_to_date(cursor, schema, views)
    assert cursor.execute("select * from a_codes").fetchall() == [("DE",)]


def test_a_view_that_is_wrong_says_why(
    cursor: duckdb.DuckDBPyConnection, schema: Path, views: Path
) -> None:
    (views / "c_wrong.sql").write_text("select * from nothing_of_this_name\n")
    with pytest.raises(duckdb.CatalogException, match="nothing_of_this_name"):
        migrations.bring_up_to_date(cursor, schema, views)


def test_secret_and_version_survive_a_migration(
    cursor: duckdb.DuckDBPyConnection, schema: Path, views: Path
) -> None:
    migrations.bring_up_to_date(cursor, schema, views)
    before = migrations._meta(cursor)
    (schema / "9001_more.sql").write_text("create table more (n integer);")
    migrations.bring_up_to_date(cursor, schema, views)
    after = migrations._meta(cursor)
    for name in ("order_secret", "version"):
        assert after[name] == before[name]


def test_every_view_of_the_product_can_be_asked(db: WorkspaceDb) -> None:
    for file in migrations.VIEWS.glob("*.sql"):
        assert db.ask(f"select * from {file.stem}").num_columns
