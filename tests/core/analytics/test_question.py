import re
from pathlib import Path

import pytest

import core.analytics
from core.analytics.question import QUESTIONS, ask, stream
from core.database.workspace_db import WorkspaceDb
from core.kernel.errors import InputError, NotFoundError
from tests.building.workspaces import fill

FOLDER = Path(core.analytics.__file__).parent
PROMISED = {
    "inventory": "sku asin fnsku title pool fulfillable reserved_customer_orders"
    " reserved_transfers reserved_processing inbound_working inbound_shipped"
    " inbound_receiving unfulfillable researching total",
    "velocity": "sku asin marketplace units_7d units_14d units_30d units_60d units_90d"
    " velocity_7d velocity_14d velocity_30d velocity_60d velocity_90d"
    " in_stock_days_30d basis peak_velocity peak_from peak_to last_sale_day",
    "daily": "sku marketplace day units units_amazon units_merchant orders revenue"
    " currency in_stock complete",
    "coverage": "sku pool on_hand inbound forecast_per_day days_of_cover"
    " days_of_cover_with_inbound runs_out_early runs_out runs_out_late gap_days",
    "shipments": "shipment_id name status destination created eta sku units_shipped"
    " units_received units_missing claim_by",
}
ANSWERS = {"velocity": "velocity_kept", "coverage": "coverage"}


def header(path: Path) -> list[str]:
    return re.findall(r"^-- (\w+): ", path.read_text(), flags=re.MULTILINE)


@pytest.mark.parametrize("name", PROMISED)
def test_an_answer_has_every_promised_column_and_its_day(
    db: WorkspaceDb, name: str
) -> None:
    assert {*PROMISED[name].split(), "as_of"} <= set(ask(db, name).column_names)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.sql")), ids=lambda p: p.stem)
def test_the_header_of_a_file_names_the_columns_that_it_returns(
    db: WorkspaceDb, path: Path
) -> None:
    sql = path.read_text()
    given = dict.fromkeys(re.findall(r"\$(\w+)", sql))
    given |= {name: [] for name in given if name.startswith("claim")}
    given |= {name: 1 for name in given if name in ("first", "last", "most")}
    returned = db.ask(sql, **given).column_names
    assert sorted(header(path)) == sorted(returned)
    assert ", one row per" in " ".join(sql.split(".\n")[0].split("\n-- "))


def test_the_kept_velocity_has_the_columns_of_the_computed_one(db: WorkspaceDb) -> None:
    assert header(FOLDER / "velocity_kept.sql") != []
    assert set(header(FOLDER / "velocity_kept.sql")) == set(
        ask(db, "velocity").column_names
    )


@pytest.mark.parametrize("name", PROMISED)
def test_an_empty_workspace_has_empty_answers_of_the_same_types(
    db: WorkspaceDb, name: str
) -> None:
    empty = ask(db, name)
    assert empty.num_rows == 0
    fill(
        db,
        daily=[("A", "DE", "2026-03-01", 4)],
        complete=[("DE", "2026-01-01", "2026-03-31")],
        summaries=[("A", "DE", "2026-03-31", 6)],
        shipments=[("FBA1", "DE", "2026-03-30", "SHIPPED")],
        shipment_items=[("FBA1", "A", "2026-03-30", 5, 0)],
    )
    full = ask(db, name)
    assert full.num_rows == 1
    assert full.schema.equals(empty.schema)


def test_every_question_of_the_package_is_found() -> None:
    assert set(QUESTIONS) >= set(PROMISED)
    assert all(name == question.name for name, question in QUESTIONS.items())


def test_an_unknown_question_is_not_found_and_the_known_ones_are_named(
    db: WorkspaceDb,
) -> None:
    with pytest.raises(NotFoundError, match="velocity"):
        ask(db, "velocities")


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"as_of": "31.03.2026"}, "as_of is “31.03.2026”.*YYYY-MM-DD"),
        ({"as_of": "20260331"}, "as_of is “20260331”"),
        ({"as_of": "2026-02-30"}, "as_of is “2026-02-30”"),
        ({"marketplace": "DE,XX"}, "marketplace is “DE,XX”.*Non-Amazon"),
        ({"pool": "EU,DE"}, "pool is “EU,DE”.*EU"),
        ({"since": "2026-03-02", "until": "2026-03-01"}, "since is “2026-03-02”"),
        ({"colour": "red"}, "no parameter “colour”.*as_of"),
    ],
)
def test_what_cannot_be_used_is_named_with_a_remedy(
    db: WorkspaceDb, params: dict[str, str], words: str
) -> None:
    with pytest.raises(InputError) as raised:
        ask(db, "daily", params)
    assert re.search(words, str(raised.value))


def test_only_daily_takes_since_and_until(db: WorkspaceDb) -> None:
    with pytest.raises(InputError, match="since"):
        ask(db, "velocity", {"since": "2026-03-01"})


def test_an_empty_parameter_is_as_if_it_was_not_given(db: WorkspaceDb) -> None:
    assert ask(db, "velocity", {"as_of": "", "search": " "}).num_rows == 0


@pytest.mark.parametrize("name", PROMISED)
def test_a_stream_brings_the_same_rows(db: WorkspaceDb, name: str) -> None:
    fill(
        db,
        daily=[("A", "DE", "2026-03-01", 4)],
        complete=[("DE", "2026-01-01", "2026-03-31")],
        summaries=[("A", "DE", "2026-03-31", 6)],
    )
    assert stream(db, name).read_all().equals(ask(db, name))


def test_choosing_rows_never_changes_a_figure(db: WorkspaceDb) -> None:
    days = [f"2026-03-{day:02}" for day in range(1, 31)]
    fill(
        db,
        skus=[("A", "B00A", None, "Red mug"), ("B", "B00B", None, "Blue jug")],
        daily=[
            (sku, place, day, 1 + index % 3)
            for sku in "AB"
            for place in ("DE", "FR", "UK", "Non-Amazon")
            for index, day in enumerate(days)
        ],
        complete=[(p, days[0], days[-1]) for p in ("DE", "FR", "UK", "Non-Amazon")],
        summaries=[(sku, p, days[-1], 9) for sku in "AB" for p in ("DE", "UK")],
    )
    choices = [
        ({"sku": "A"}, lambda row: row["sku"] == "A"),
        ({"search": "RED"}, lambda row: row["sku"] == "A"),
        ({"search": "b00b"}, lambda row: row["sku"] == "B"),
        ({"pool": "uk"}, lambda row: "UK" in (row.get("marketplace"), row.get("pool"))),
    ]
    for name in ("velocity", "daily", "coverage", "inventory"):
        everything = ask(db, name).to_pylist()
        for params, wanted in choices:
            chosen = ask(db, name, params).to_pylist()
            assert chosen == [row for row in everything if wanted(row)]
            assert chosen


def test_a_marketplace_stands_for_its_pool_where_rows_are_pools(
    db: WorkspaceDb,
) -> None:
    fill(db, summaries=[("A", "DE", "2026-03-31", 6), ("A", "UK", "2026-03-31", 2)])
    found = ask(db, "inventory", {"marketplace": "FR"})
    assert found["pool"].to_pylist() == ["EU"]
    assert ask(db, "inventory", {"marketplace": "Non-Amazon"}).num_rows == 0
    assert ask(db, "inventory", {"marketplace": "gb"})["pool"].to_pylist() == ["UK"]
