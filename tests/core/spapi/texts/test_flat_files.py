"""A flat file becomes the columns that were asked for, or an error."""

import gzip
import time
from collections.abc import Iterator

import pyarrow as pa
import pytest

from core.kernel.errors import ReportFailedError
from core.spapi.documents import Document
from core.spapi.texts.flat_files import batches


def read(text: str, *include: str, optional: tuple[str, ...] = ()) -> list[dict]:  # type: ignore[type-arg]
    document = Document.verified(text.encode(), is_gzip=False, fallback="cp1252")
    return document.table(include, optional=optional).to_pylist()  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "written", ["Event Type", "EventType", "event-type", "EVENT_TYPE"]
)
def test_columns_agree_in_letters_and_digits(written: str) -> None:
    assert read(f"Date\t{written}\n1\tReceipts\n", "Event Type") == [
        {"Event Type": "Receipts"}
    ]


def test_everything_is_text_and_nothing_is_guessed() -> None:
    found = read("sku\tqty\tdate\tnone\n007\t1e3\t11/02/2026\t\n", "sku", "qty", "none")
    assert found == [{"sku": "007", "qty": "1e3", "none": ""}]


def test_null_words_stay_words() -> None:
    assert read("sku\nNULL\nNA\nnan\n", "sku") == [
        {"sku": "NULL"},
        {"sku": "NA"},
        {"sku": "nan"},
    ]


def test_a_quoted_file_is_unquoted() -> None:
    text = '"Date"\t"MSKU"\n"11/01/2026"\t"A ""B""\tC\nD"\n'
    assert read(text, "MSKU") == [{"MSKU": 'A "B"\tC\nD'}]


def test_quotes_in_an_unquoted_file_are_letters() -> None:
    assert read('sku\ttitle\nA\t12" disc\nB\t"so called" x\n', "sku", "title") == [
        {"sku": "A", "title": '12" disc'},
        {"sku": "B", "title": '"so called" x'},
    ]


def test_columns_come_in_the_order_they_were_asked_for() -> None:
    text = "a\tb\tc\n1\t2\t3\n"
    assert list(read(text, "c", "a")[0]) == ["c", "a"]


def test_an_optional_column_may_be_missing() -> None:
    assert read("sku\nA\n", "sku", optional=("ship-country",)) == [
        {"sku": "A", "ship-country": None}
    ]


@pytest.mark.parametrize("text", ["sku\ttitle", "sku\ttitle\n", "sku\ttitle\r\n\r\n"])
def test_a_header_alone_is_no_line(text: str) -> None:
    assert read(text, "sku", "title") == []


def test_windows_line_ends_do_not_stick_to_the_last_column() -> None:
    assert read("sku\tqty\r\nA\t1\r\nB\t2\r\n", "qty") == [{"qty": "1"}, {"qty": "2"}]


def test_a_last_line_without_an_end_counts() -> None:
    assert len(read("sku\tqty\nA\t1\nB\t2", "sku")) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a\tb\n1\t2\n", "lacks the column “sku”"),
        ("sku\tSKU\n1\t2\n", "twice"),
        ("出品者SKU\t価格\nA\t1\n", "lacks the column “sku”"),
        (
            "Date range exceeded. Report can be requested only upto 30 days",
            "30 days",
        ),
        ("<?xml version='1.0'?><Error><Code>X</Code></Error>", "error page"),
        ("", "not a report"),
        ("something else", "not a report"),
        ("sku\tqty\nA\t1\nB\n", "Expected 2 columns, got 1"),
        ("sku\tqty\nA\t1\nB\t2\t3\n", "Expected 2 columns, got 3"),
    ],
)
def test_what_is_not_the_report_is_refused(text: str, words: str) -> None:
    with pytest.raises(ReportFailedError, match=words) as caught:
        read(text, "sku")
    assert caught.value.hint


def test_a_line_that_does_not_fit_can_be_told_instead() -> None:
    told: list[str] = []
    found = list(
        batches(iter([b"sku\tqty\nA\t1\nB\nC\t3\n"]), ["sku"], on_bad_line=told.append)
    )
    assert pa.Table.from_batches(found).column("sku").to_pylist() == ["A", "C"]
    assert told == ["1 columns instead of 2"]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_chunks_may_be_cut_anywhere(size: int) -> None:
    text = "sku\ttitle\r\nA\tMüller\r\nB\t東京\r\n".encode()
    chunks = (text[at : at + size] for at in range(0, len(text), size))
    table = pa.Table.from_batches(list(batches(chunks, ["title"])))
    assert table.column("title").to_pylist() == ["Müller", "東京"]


def test_a_large_file_comes_in_batches() -> None:
    line = b"SKU-%07d\t" + b"x" * 200 + b"\n"

    def chunks() -> Iterator[bytes]:
        yield b"sku\tfill\n"
        for start in range(0, 100_000, 1000):
            yield b"".join(line % n for n in range(start, start + 1000))

    found = list(batches(chunks(), ["sku"]))
    assert sum(batch.num_rows for batch in found) == 100_000
    assert len(found) >= 4


def test_a_month_of_orders_is_read_in_a_moment() -> None:
    header = "amazon-order-id\tpurchase-date\tsku\tquantity\titem-price\tcurrency"
    row = "203-0000000-%07d\t2026-11-01T10:00:00+00:00\tSKU-%05d\t1\t9.99\tGBP"
    lines = [header, *(row % (n, n % 5000) for n in range(50_000))]
    packed = gzip.compress("\n".join(lines).encode())
    start = time.process_time()
    document = Document.verified(packed, is_gzip=True, fallback="cp1252")
    table = document.table(["amazon-order-id", "sku", "quantity", "item-price"])
    assert table.num_rows == 50_000
    assert time.process_time() - start < 0.3
