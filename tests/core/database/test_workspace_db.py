import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from core.database import workspace_db
from core.database.workspace_db import WorkspaceDb
from core.kernel.errors import DatabaseError
from core.kernel.marketplaces import MARKETPLACES, POOLS
from tests.building.workspaces import KEY

ADD = "insert into skus values ($number, $sku, null, null, null, null)"


def add(db: WorkspaceDb, number: int, sku: str) -> None:
    with db.load() as load:
        load.run(ADD, number=number, sku=sku)


def skus(db: WorkspaceDb) -> list[str]:
    return db.ask("select sku from skus order by sku")["sku"].to_pylist()


def test_a_new_workspace_knows_pools_marketplaces_and_countries(
    db: WorkspaceDb,
) -> None:
    assert db.ask("select code from pools order by pool_id")["code"].to_pylist() == [
        pool.code for pool in POOLS
    ]
    places = db.ask("select * from marketplaces order by marketplace_id").to_pylist()
    assert [place["code"] for place in places] == [
        "Non-Amazon",
        *(place.code for place in MARKETPLACES),
    ]
    assert places[0] == {
        "marketplace_id": 0,
        "code": "Non-Amazon",
        "amazon_id": None,
        "sales_channel": "Non-Amazon",
        "region": None,
        "pool_id": None,
        "currency": None,
        "time_zone": "UTC",
    }
    czech = "select code from pools join pool_countries using (pool_id)"
    assert db.ask(f"{czech} where country = 'CZ'")["code"].to_pylist() == ["EU"]


def test_a_new_workspace_has_a_secret_of_its_own(
    db: WorkspaceDb, tmp_path: Path
) -> None:
    other = workspace_db.create(tmp_path / "b.duckdb", KEY, temp_dir=tmp_path / "t")
    question = "select value from meta where name = 'order_secret'"
    secrets = [
        bytes.fromhex(one.ask(question)["value"][0].as_py()) for one in (db, other)
    ]
    other.close()
    assert len(secrets[0]) == 32
    assert secrets[0] != secrets[1]


def test_an_ask_takes_exactly_its_parameters(db: WorkspaceDb) -> None:
    assert db.ask("select $n + 1 as n", n=1)["n"].to_pylist() == [2]
    with pytest.raises(duckdb.InvalidInputException):
        db.ask("select $n as n", n=1, surplus=2)
    with pytest.raises(duckdb.InvalidInputException):
        db.ask("select $n as n")


def test_instants_are_in_utc(db: WorkspaceDb) -> None:
    row = db.ask("select timestamptz '2026-03-01 00:30:00+01' as at").to_pylist()[0]
    assert str(row["at"]) == "2026-02-28 23:30:00+00:00"
    assert db.ask("select current_setting('TimeZone') as z")["z"][0].as_py() == "UTC"


def test_a_load_is_seen_when_it_ends_and_renews_the_version(db: WorkspaceDb) -> None:
    before = db.version
    with db.load() as load:
        load.run(ADD, number=1, sku="A")
        assert skus(db) == []
        assert load.run("select count(*) as n from skus") == pa.table({"n": [1]})
    assert skus(db) == ["A"]
    assert db.version != before
    stored = db.ask("select value from meta where name = 'version'")
    assert stored["value"].to_pylist() == [db.version]


def test_a_failed_load_leaves_nothing_and_keeps_the_version(db: WorkspaceDb) -> None:
    add(db, 1, "A")
    before = db.version
    with pytest.raises(duckdb.ConstraintException), db.load() as load:  # noqa: PT012
        load.run(ADD, number=2, sku="B")
        load.run(ADD, number=3, sku="A")
    with pytest.raises(ZeroDivisionError), db.load() as load:  # noqa: PT012
        load.run(ADD, number=2, sku="B")
        _ = 1 / 0
    assert skus(db) == ["A"]
    assert db.version == before
    add(db, 2, "B")


def test_an_arrow_table_is_readable_within_its_load_only(db: WorkspaceDb) -> None:
    with db.load() as load:
        load.register("batch", pa.table({"n": [1, 2], "sku": ["A", "B"]}))
        load.run("insert into skus (sku_id, sku) select n, sku from batch")
        with pytest.raises(duckdb.CatalogException):
            db.ask("select * from batch")
    assert skus(db) == ["A", "B"]
    with db.load() as load, pytest.raises(duckdb.CatalogException):
        load.run("select * from batch")


def test_what_was_loaded_is_there_after_closing_and_opening(
    db: WorkspaceDb, tmp_path: Path
) -> None:
    add(db, 1, "A")
    version = db.version
    db.close()
    again = workspace_db.open_file(db.path, KEY, temp_dir=tmp_path / "t")
    assert (skus(again), again.version) == (["A"], version)
    again.close()


def test_a_closed_workspace_says_so(db: WorkspaceDb) -> None:
    db.close()
    with pytest.raises(DatabaseError, match="has been closed"):
        db.ask("select 1 as n")


def test_a_workspace_at_rest_opens_again_when_it_is_asked(db: WorkspaceDb) -> None:
    add(db, 1, "A")
    assert db.rest()
    assert not db.is_open
    assert skus(db) == ["A"]
    assert db.is_open


def test_a_workspace_in_use_is_not_put_to_rest(db: WorkspaceDb) -> None:
    reader = db.stream("select i from range(300000) as t(i)")
    reader.read_next_batch()
    assert not db.rest()
    del reader
    assert db.rest()
    with db.load():
        assert not db.rest()


def test_a_stream_brings_everything_in_batches(db: WorkspaceDb) -> None:
    reader = db.stream("select i from range($n) as t(i)", n=300_000)
    batches = list(reader)
    assert len(batches) > 1
    assert sum(batch.num_rows for batch in batches) == 300_000
    assert db.rest()


def test_a_stream_shows_one_moment_while_loads_go_on(db: WorkspaceDb) -> None:
    days = "select date '2026-01-01', i from range(300000) as t(i)"
    with db.load() as load:
        load.run("create table stream_of (day date, n bigint)")
        load.run(f"insert into stream_of {days}")
    reader = db.stream("select n from stream_of")
    first = reader.read_next_batch().num_rows
    with db.load() as load:
        load.run("delete from stream_of")
    assert first + sum(batch.num_rows for batch in reader) == 300_000
    assert db.ask("select * from stream_of").num_rows == 0


def test_a_stream_of_a_wrong_question_leaves_nothing_in_use(db: WorkspaceDb) -> None:
    with pytest.raises(duckdb.BinderException):
        db.stream("select nothing_of_this_name")
    assert db.rest()


def test_four_threads_get_their_own_answers(db: WorkspaceDb) -> None:
    def wrong_answers(thread: int) -> int:
        wrong = 0
        for turn in range(250):
            n = thread * 1_000_000 + turn
            answer = db.ask("select i + $n as n from range(50) as t(i)", n=n)
            wrong += answer["n"].to_pylist() != list(range(n, n + 50))
        return wrong

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(wrong_answers, range(4))) == 0


def test_loads_of_several_threads_take_turns(db: WorkspaceDb) -> None:
    def raise_by_one(_: int) -> None:
        with db.load() as load:
            rows = load.run("select max(sku_id) as n from skus")
            assert rows is not None
            number = (rows["n"][0].as_py() or 0) + 1
            load.run(ADD, number=number, sku=str(number))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(raise_by_one, range(40)))
    assert db.ask("select count(*) as n from skus")["n"].to_pylist() == [40]


def test_closing_stops_an_ask_that_would_take_too_long(db: WorkspaceDb) -> None:
    failures: list[Exception] = []

    def ask_forever() -> None:
        try:
            db.ask("select count(*) as n from range(100000000) a, range(100000) b")
        except DatabaseError as error:
            failures.append(error)

    thread = threading.Thread(target=ask_forever)
    thread.start()
    while not db._lender.lent:
        pass
    db.close(grace_seconds=0.1)
    thread.join(timeout=5)
    assert "stopped" in str(failures[0])


def test_a_big_load_does_not_stay_in_the_log(db: WorkspaceDb) -> None:
    with db.load() as load:
        load.run(
            "insert into skus (sku_id, sku)"
            " select i, hash(i) from range(400000) as t(i)"
        )
    wal = db.path.with_name(db.path.name + ".wal")
    assert not wal.exists() or wal.stat().st_size < workspace_db.BIG_LOAD_BYTES


def test_an_existing_file_is_never_created_anew(
    db: WorkspaceDb, tmp_path: Path
) -> None:
    add(db, 1, "A")
    with pytest.raises(DatabaseError, match="exists already"):
        workspace_db.create(db.path, KEY, temp_dir=tmp_path / "t")
    assert skus(db) == ["A"]
