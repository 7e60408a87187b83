"""How does an answer become a file? CSV, JSON and Parquet.

JSON and Parquet are exact; CSV alone is formula-safe. Everything is done by
column and by batch, so that a million rows take seconds and little memory.
"""

import io
from collections.abc import Iterator
from typing import TypeAlias

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.spreadsheets.cells import safe

BATCH_ROWS = 65_536
_NEW_LINE = "\r\n"

Answer: TypeAlias = pa.Table | pa.RecordBatchReader


def write_csv(answer: Answer) -> Iterator[bytes]:
    """Return RFC 4180 in UTF-8, piece by piece, with a header.

    Null is empty and an empty text is `""`; days are `YYYY-MM-DD`, instants are
    UTC in ISO 8601, floats the shortest text that reads back the same.
    """
    yield (",".join(_header(answer.schema)) + _NEW_LINE).encode()
    for batch in _batches(answer):
        cells = [_csv_cells(column) for column in batch.columns]
        yield _bytes(_rows(cells, before="", between=",", after=_NEW_LINE))


def write_json(answer: Answer) -> Iterator[bytes]:
    """Return one array of objects, piece by piece; decimals are exact texts."""
    names = [orjson.dumps(name).decode() for name in answer.schema.names]
    yield b"["
    separator = b""
    for batch in _batches(answer):
        cells = [
            pc.binary_join_element_wise(f"{name}:", _json_cells(column), "")
            for name, column in zip(names, batch.columns, strict=True)
        ]
        rows = _bytes(_rows(cells, before="{", between=",", after="},"))
        yield separator + rows[:-1]
        separator = b","
    yield b"]"


def write_parquet(answer: Answer) -> bytes:
    """Return a Parquet file with the answer's own types."""
    file = io.BytesIO()
    with pq.ParquetWriter(file, answer.schema, compression="zstd") as writer:
        for batch in _batches(answer):
            writer.write_batch(batch)
    return file.getvalue()


def _batches(answer: Answer) -> Iterator[pa.RecordBatch]:
    """Return batches that hold rows, none of them large."""
    batches = answer.to_batches(BATCH_ROWS) if isinstance(answer, pa.Table) else answer
    for batch in batches:
        for start in range(0, batch.num_rows, BATCH_ROWS):
            yield batch.slice(start, BATCH_ROWS)


def _header(schema: pa.Schema) -> list[str]:
    names = safe(pa.array(schema.names, pa.string()))
    return [str(name) for name in _quoted(names).to_pylist()]


def _csv_cells(column: pa.Array) -> pa.Array:
    column = _plain(column)
    texts = _quoted(safe(column)) if _is_text(column.type) else _text(column)
    return pc.fill_null(texts, "")


def _json_cells(column: pa.Array) -> pa.Array:
    column = _plain(column)
    if _is_text(column.type):
        texts = _json_texts(column)
    elif _is_bare(column.type):
        texts = _text(column)
    else:
        texts = pc.binary_join_element_wise('"', _text(column), '"', "")
    return pc.fill_null(texts, "null")


def _json_texts(column: pa.Array) -> pa.Array:
    """Escape each distinct text once."""
    encoded = column.dictionary_encode()
    texts = [orjson.dumps(text).decode() for text in encoded.dictionary.to_pylist()]
    return pa.array(texts, pa.string()).take(encoded.indices)


def _quoted(texts: pa.Array) -> pa.Array:
    """Quote texts that need it, and empty ones: they are not null."""
    needed = pc.match_substring_regex(texts, r'[",\r\n]|\A\z')
    if not pc.any(needed).as_py():
        return texts
    doubled = pc.replace_substring(texts, '"', '""')
    return pc.if_else(needed, pc.binary_join_element_wise('"', doubled, '"', ""), texts)


def _plain(column: pa.Array) -> pa.Array:
    """Return a column without dictionary, large or view types."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if _is_text(column.type):
        return column.cast(pa.string())
    if _is_whole(column.type):
        return column.cast(pa.decimal128(38, 0))
    return column


def _text(column: pa.Array) -> pa.Array:
    """Return what is not text as text."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        return _instants(column)
    if pa.types.is_floating(kind):
        known = pc.if_else(pc.is_finite(column), column, pa.scalar(None, kind))
        return known.cast(pa.string())
    return column.cast(pa.string())


def _instants(column: pa.Array) -> pa.Array:
    zone = "Z" if column.type.tz else ""
    utc = column.cast(pa.timestamp("us", "UTC" if zone else None))
    texts = pc.strftime(utc, "%Y-%m-%dT%H:%M:%S")
    shortest = pc.replace_substring_regex(texts, r"(\.\d*[1-9])0+$|\.0+$", r"\1")
    return pc.binary_join_element_wise(shortest, zone, "")


def _rows(cells: list[pa.Array], *, before: str, between: str, after: str) -> pa.Array:
    rows = pc.binary_join_element_wise(*cells, between)
    return pc.binary_join_element_wise(before, rows, after, "")


def _bytes(rows: pa.Array) -> bytes:
    """Return texts one after another: how Arrow keeps them anyway."""
    length = pc.sum(pc.binary_length(rows)).as_py()
    return bytes(memoryview(rows.buffers()[2])[:length])


def _is_text(kind: pa.DataType) -> bool:
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(is_kind(kind) for is_kind in texts)


def _is_whole(kind: pa.DataType) -> bool:
    """Tell whether it is DuckDB's widest integer, which Arrow has as a decimal."""
    return bool(pa.types.is_decimal(kind)) and kind.scale == 0


def _is_bare(kind: pa.DataType) -> bool:
    """Tell whether JSON writes it without quotes."""
    bare = (
        pa.types.is_integer,
        pa.types.is_floating,
        pa.types.is_boolean,
        pa.types.is_null,
        _is_whole,
    )
    return any(is_kind(kind) for is_kind in bare)
