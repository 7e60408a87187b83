"""An answer leaves as a file: exact, safe, and only to members."""

import csv
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from core.analytics import question
from core.http.session import SESSION_COOKIE
from tests.building.workspaces import fill
from tests.core.http.conftest import House

ADDRESS = "/api/v1/mine/velocity"


@pytest.fixture(scope="module", autouse=True)
def answer(house: House) -> pa.Table:
    """Fill Ann's workspace and return what the question itself answers."""
    services = house.services
    workspace = services.workspaces.resolve(house.ann.user_id, "mine")
    db = services.open_workspaces.get(workspace.workspace_id)
    fill(
        db,
        daily=[("=A", "DE", "2026-03-01", 4), ("B", "US", "2026-03-02", 2)],
        complete=[
            ("DE", "2026-01-01", "2026-03-31"),
            ("US", "2026-01-01", "2026-03-31"),
        ],
    )
    table = question.ask(db, "velocity", {})
    assert table.num_rows == 2
    return table


def test_csv_holds_the_answer_and_no_formula(
    member: TestClient, answer: pa.Table
) -> None:
    got = member.get(f"{ADDRESS}.csv")
    assert got.status_code == 200
    assert got.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(got.text)))
    assert list(rows[0]) == answer.column_names
    assert sorted(row["sku"] for row in rows) == ["'=A", "B"]


def test_json_is_exact(member: TestClient, answer: pa.Table) -> None:
    got = member.get(f"{ADDRESS}.json")
    assert got.headers["content-type"] == "application/json"
    rows = json.loads(got.text)
    assert sorted(row["sku"] for row in rows) == ["=A", "B"]
    assert list(rows[0]) == answer.column_names


def test_parquet_is_exact(member: TestClient, answer: pa.Table) -> None:
    got = member.get(f"{ADDRESS}.parquet")
    assert got.headers["content-type"] == "application/vnd.apache.parquet"
    table = pq.read_table(io.BytesIO(got.content))
    assert table.sort_by("sku").equals(answer.sort_by("sku"))


def test_a_file_has_a_name_and_is_kept_nowhere(member: TestClient) -> None:
    headers = member.get(f"{ADDRESS}.csv").headers
    expected = 'attachment; filename="mine-velocity.csv"'
    assert headers["content-disposition"] == expected
    assert headers["cache-control"] == "no-store"


def test_parameters_choose_the_rows(member: TestClient) -> None:
    rows = member.get(f"{ADDRESS}.json?marketplace=US").json()
    assert [row["sku"] for row in rows] == ["B"]


def test_a_stranger_gets_nothing(stranger: TestClient) -> None:
    got = stranger.get(f"{ADDRESS}.csv")
    assert got.status_code == 401
    assert got.json()["message"] == "Nobody is signed in."


def test_a_foreign_and_an_unknown_workspace_answer_alike(member: TestClient) -> None:
    foreign = member.get("/api/v1/theirs/velocity.csv")
    unknown = member.get("/api/v1/nosuch/velocity.csv")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.text.replace("theirs", "nosuch") == unknown.text
    assert {*foreign.headers} == {*unknown.headers}


def test_the_owner_of_the_other_one_gets_it(house: House, stranger: TestClient) -> None:
    stranger.cookies.set(SESSION_COOKIE, house.token(house.bob))
    assert stranger.get("/api/v1/theirs/velocity.csv").status_code == 200
    assert stranger.get("/api/v1/mine/velocity.csv").status_code == 404


@pytest.mark.parametrize(
    ("address", "status", "word"),
    [
        ("/api/v1/mine/nosuch.csv", 404, "nosuch"),
        ("/api/v1/mine/velocity.xlsx", 404, "answer"),
        ("/api/v1/mine/velocity", 404, "answer"),
        ("/api/v1/mine/.csv", 404, "question"),
        ("/api/v1/MINE/velocity.csv", 404, "workspace"),
        (f"{ADDRESS}.csv?colour=red", 400, "colour"),
        (f"{ADDRESS}.csv?as_of=tomorrow", 400, "as_of"),
        (f"{ADDRESS}.csv?marketplace=XX", 400, "marketplace"),
        (f"{ADDRESS}.csv?sku=A&sku=B", 400, "sku"),
    ],
)
def test_a_wrong_address_is_answered_with_a_sentence(
    member: TestClient, address: str, status: int, word: str
) -> None:
    got = member.get(address)
    assert got.status_code == status
    assert set(got.json()) == {"message", "hint"}
    assert word in got.json()["message"]


def test_nobody_can_write_here(member: TestClient) -> None:
    assert member.post(f"{ADDRESS}.csv").status_code == 405
