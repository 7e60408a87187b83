"""Is this the table that was asked for? Tab-separated text, made Arrow.

The header decides: how many columns, quoted or not, and whether those that
are wanted are there. A text without such a header is Amazon's way of saying
no: `Date range exceeded`, or a page of XML.
"""

import io
import re
from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa
from pyarrow import csv

from core.kernel.errors import ReportFailedError

BLOCK_BYTES = 1 << 22
LONGEST_HEADER = 1 << 16
WORDS_KEPT = 200

_DATE_RANGE = re.compile(rb"date range exceeded", re.IGNORECASE)
_NOT_LETTERS = re.compile(r"[\W_]+")


def batches(
    chunks: Iterator[bytes],
    include: Sequence[str],
    optional: Sequence[str] = (),
    on_bad_line: Callable[[str], None] | None = None,
) -> Iterator[pa.RecordBatch]:
    """Yield batches of text columns; see `Document.open_csv`."""
    source = _Pipe(chunks)
    header = source.header()
    is_quoted = header.startswith('"')
    present = [_plain(name) for name in header.rstrip("\r\n").split("\t")]
    found = _positions(present, include, optional, header)
    if not source.has_more():
        return
    reader = _open(source, len(present), found, on_bad_line, is_quoted=is_quoted)
    schema = pa.schema([(name, pa.string()) for name in (*include, *optional)])
    try:
        for batch in reader:
            yield _named(batch, schema, found)
    except pa.ArrowInvalid as error:
        raise _malformed(error) from error


def _open(
    source: "_Pipe",
    width: int,
    found: dict[str, int],
    on_bad_line: Callable[[str], None] | None,
    *,
    is_quoted: bool,
) -> csv.CSVStreamingReader:
    wanted = [str(position) for position in found.values()]

    def bad(row: csv.InvalidRow) -> str:
        if on_bad_line is None:
            return "error"
        on_bad_line(f"{row.actual_columns} columns instead of {row.expected_columns}")
        return "skip"

    try:
        return csv.open_csv(
            pa.PythonFile(source, mode="r"),
            read_options=csv.ReadOptions(
                column_names=[str(position) for position in range(width)],
                block_size=BLOCK_BYTES,
            ),
            parse_options=csv.ParseOptions(
                delimiter="\t",
                quote_char='"' if is_quoted else False,
                newlines_in_values=is_quoted,
                invalid_row_handler=bad,
            ),
            convert_options=csv.ConvertOptions(
                check_utf8=False,  # every byte was read strictly before
                column_types={name: pa.string() for name in wanted},
                include_columns=wanted,
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        raise _malformed(error) from error


def _named(
    batch: pa.RecordBatch, schema: pa.Schema, found: dict[str, int]
) -> pa.RecordBatch:
    columns = [
        batch.column(str(found[name]))
        if name in found
        else pa.nulls(batch.num_rows, pa.string())
        for name in schema.names
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _positions(
    present: list[str], include: Sequence[str], optional: Sequence[str], header: str
) -> dict[str, int]:
    found, missing = {}, []
    for name in (*include, *optional):
        plain = _plain(name)
        if present.count(plain) > 1:
            raise ReportFailedError(
                f"A report has the column “{name}” twice.",
                "If it happens again, please report it with this message.",
            )
        if plain in present:
            found[name] = present.index(plain)
        elif name in include:
            missing.append(name)
    if missing and len(present) == 1:
        raise _not_a_table(header)
    if missing:
        raise ReportFailedError(
            f"A report lacks the column “{'”, “'.join(missing)}”.",
            "Amazon may have changed it: update this program.",
        )
    return found


def _plain(name: str) -> str:
    return _NOT_LETTERS.sub("", name.lower())


def _not_a_table(text: str) -> ReportFailedError:
    words = " ".join(text.split())[:WORDS_KEPT]
    if _DATE_RANGE.search(text.encode()):
        return ReportFailedError(
            f"Amazon made no report: {words}.",
            "Ask for at most 30 days at a time.",
            code="DateRangeExceeded",
        )
    if text.lstrip().startswith("<"):
        return ReportFailedError(
            f"Amazon sent an error page instead of a report: {words}",
            "The sync asks again next time.",
            code="Xml",
        )
    return ReportFailedError(
        f"Amazon sent something that is not a report: “{words}”.",
        "The sync asks again next time.",
    )


def _malformed(error: pa.ArrowInvalid) -> ReportFailedError:
    shape = re.search(r"Expected \d+ columns, got \d+", str(error))
    detail = shape.group() if shape else "it does not fit its header"
    return ReportFailedError(
        f"A report has a line that cannot be read: {detail}.",
        "The sync asks again next time.",
    )


class _Pipe(io.RawIOBase):
    """What Arrow reads: the chunks as one file, after its header."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def header(self) -> str:
        """Take the first line away and return it."""
        start = b""
        while b"\n" not in start and len(start) < LONGEST_HEADER:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            start += chunk
        line, newline, rest = start.partition(b"\n")
        self._rest = memoryview(rest if newline else b"")
        return line[:LONGEST_HEADER].decode(errors="ignore")

    def has_more(self) -> bool:
        """Tell whether there is anything but empty lines to read."""
        while not (rest := bytes(self._rest).lstrip(b"\r\n")):
            chunk = next(self._chunks, None)
            if chunk is None:
                return False
            self._rest = memoryview(chunk)
        self._rest = memoryview(rest)
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next `size` bytes, fewer only at the end.

        Arrow takes each read for a block, and no line may span three.
        """
        missing = BLOCK_BYTES if size is None or size < 0 else size
        taken: list[memoryview] = []
        while missing:
            if not self._rest:
                chunk = next(self._chunks, None)
                if chunk is None:
                    break
                self._rest = memoryview(chunk)
                continue
            taken.append(self._rest[:missing])
            self._rest = self._rest[missing:]
            missing -= len(taken[-1])
        return b"".join(taken)
