import csv
import io
import json
import math
import time
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.spreadsheets.answers import write_csv, write_json, write_parquet
from core.spreadsheets.cells import plain_text

SCHEMA = pa.schema(
    {
        "text": pa.string(),
        "whole": pa.int64(),
        "number": pa.float64(),
        "flag": pa.bool_(),
        "day": pa.date32(),
        "at": pa.timestamp("us", "UTC"),
        "money": pa.decimal128(18, 2),
    }
)
NASTY = st.text(alphabet=st.sampled_from("=+-@,;\"'\r\n\t😀é\\ 0a\0\x1f"), max_size=8)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "text": st.none() | NASTY | st.text(max_size=12) | st.just("00123"),
            "whole": st.none() | st.integers(-(2**63), 2**63 - 1),
            "number": st.none() | st.floats(allow_nan=False, allow_infinity=False),
            "flag": st.none() | st.booleans(),
            "day": st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31)),
            "at": st.none()
            | st.datetimes(
                datetime(1900, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
                datetime(2200, 1, 1),  # noqa: DTZ001
                timezones=st.just(UTC),
            ),
            "money": st.none()
            | st.decimals(Decimal("-9e15"), Decimal("9e15"), places=2),
        }
    ),
    max_size=8,
)
DAY = date(2026, 3, 1)
# The first draw builds Hypothesis' table of characters.
patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def table(rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def csv_rows(answer: pa.Table | pa.RecordBatchReader) -> list[dict[str, str]]:
    text = b"".join(write_csv(answer)).decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def number(text: str) -> float | None:
    return float(text) if text else None


@patiently
@given(ROWS)
def test_csv_gives_back_every_value(rows: list[dict[str, object]]) -> None:
    read = csv_rows(table(rows))
    assert [plain_text(row["text"]) for row in read] == [r["text"] or "" for r in rows]
    assert [number(row["number"]) for row in read] == [r["number"] for r in rows]
    assert [row["whole"] for row in read] == [
        "" if r["whole"] is None else str(r["whole"]) for r in rows
    ]
    assert [row["flag"] for row in read] == [
        {None: "", True: "true", False: "false"}[r["flag"]] for r in rows
    ]
    assert [row["day"] for row in read] == [
        str(r["day"]) if r["day"] else "" for r in rows
    ]
    assert [row["money"] for row in read] == [
        "" if r["money"] is None else f"{r['money']:f}" for r in rows
    ]
    assert [row["at"] and datetime.fromisoformat(row["at"]) for row in read] == [
        r["at"] or "" for r in rows
    ]


@patiently
@given(ROWS)
def test_json_gives_back_every_value_exactly(rows: list[dict[str, object]]) -> None:
    read = json.loads(b"".join(write_json(table(rows))))
    for row in read:
        row["day"] = row["day"] and date.fromisoformat(row["day"])
        row["at"] = row["at"] and datetime.fromisoformat(row["at"])
        row["money"] = row["money"] and Decimal(row["money"])
    assert read == rows


@patiently
@given(ROWS)
def test_parquet_gives_back_the_answer_with_its_types(
    rows: list[dict[str, object]],
) -> None:
    answer = table(rows)
    assert pq.read_table(io.BytesIO(write_parquet(answer))).equals(answer)


def test_the_texts_are_those_of_the_contract() -> None:
    row = {
        "text": "=1+1",
        "whole": -5,
        "number": 0.1,
        "flag": True,
        "day": DAY,
        "at": datetime(2026, 3, 1, 4, 5, 6, 120_000, tzinfo=UTC),
        "money": Decimal("-1.50"),
    }
    assert b"".join(write_csv(table([row, {}]))).decode() == (
        "text,whole,number,flag,day,at,money\r\n"
        "'=1+1,-5,0.1,true,2026-03-01,2026-03-01T04:05:06.12Z,-1.50\r\n"
        ",,,,,,\r\n"
    )
    assert b"".join(write_json(table([row]))).decode() == (
        '[{"text":"=1+1","whole":-5,"number":0.1,"flag":true,"day":"2026-03-01",'
        '"at":"2026-03-01T04:05:06.12Z","money":"-1.50"}]'
    )


def test_null_and_the_empty_text_differ_in_csv() -> None:
    assert b"".join(write_csv(pa.table({"a": ["", None], "b": ["x", "y"]}))) == (
        b'a,b\r\n"",x\r\n,y\r\n'
    )


def test_an_answer_without_rows_has_its_header_and_types() -> None:
    empty = table([])
    assert b"".join(write_csv(empty)) == b"text,whole,number,flag,day,at,money\r\n"
    assert b"".join(write_json(empty)) == b"[]"
    assert pq.read_table(io.BytesIO(write_parquet(empty))).schema.equals(SCHEMA)


def test_numbers_that_are_none_are_empty() -> None:
    odd = pa.table({"x": [math.nan, math.inf, 1.5], "y": [1, 2, 3]})
    read = json.loads(b"".join(write_json(odd)))
    assert [row["x"] for row in read] == [None, None, 1.5]
    assert [row["x"] for row in csv_rows(odd)] == ["", "", "1.5"]


def test_sums_of_whole_numbers_stay_numbers() -> None:
    answer = duckdb.connect().execute("select sum(i) as n from range(4) as t(i)")
    assert b"".join(write_json(answer.to_arrow_table())) == b'[{"n":6}]'


def test_enumerated_texts_are_texts() -> None:
    answer = pa.table({"code": pa.array(["DE", None, "-1"]).dictionary_encode()})
    assert b"".join(write_csv(answer)) == b"code\r\nDE\r\n\r\n'-1\r\n"
    assert json.loads(b"".join(write_json(answer)))[2] == {"code": "-1"}


def test_a_million_rows_stream_in_seconds_and_little_memory() -> None:
    connection = duckdb.connect()
    reader = connection.execute(
        "select 'SKU-' || (i % 20000) as sku, 'DE' as marketplace,"
        " date '2024-01-01' + (i % 700)::int as day, i as units, i * 2 as orders,"
        " i / 7 as velocity, (i / 100)::decimal(18, 2) as revenue,"
        " 'EUR' as currency, i % 2 = 0 as in_stock from range(1000000) as t(i)"
    ).to_arrow_reader(65_536)
    arrow_before = pa.total_allocated_bytes()
    tracemalloc.start()
    started = time.perf_counter()
    lines = sum(piece.count(b"\r\n") for piece in write_csv(reader))
    seconds = time.perf_counter() - started
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert lines == 1_000_001
    assert peak < 64 * 2**20
    assert pa.total_allocated_bytes() - arrow_before < 64 * 2**20
    assert seconds < 20, "by column it takes about one"


@pytest.mark.parametrize("writer", [write_csv, write_json])
def test_a_slice_of_a_table_is_written_as_itself(writer) -> None:  # noqa: ANN001
    whole = pa.table({"a": list("abcdef"), "n": range(6)})
    assert b"".join(writer(whole.slice(2, 2))) == b"".join(
        writer(pa.table({"a": ["c", "d"], "n": [2, 3]}))
    )
