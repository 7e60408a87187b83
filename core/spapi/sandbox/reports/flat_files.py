"""How does a table become one of Amazon's flat files?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Column: TypeAlias = Any
"""An Arrow array or scalar of texts."""


@dataclass(frozen=True, slots=True)
class FlatFile:
    """A report's text, made a chunk at a time.

    Attributes:
        rows: How many rows follow the header.
        chunks: Encoded text, the header first.
    """

    rows: int
    chunks: Iterator[bytes]
    content_type: str


@dataclass(frozen=True, slots=True)
class Form:
    """How a report is written in one region.

    Attributes:
        charset: The encoding of its text.
        content_type: What the download says of it.
        quoted: Whether every field stands in quotes.
    """

    charset: str = "utf-8"
    content_type: str = "text/plain;charset=UTF-8"
    quoted: bool = False

    def header(self, names: Sequence[str]) -> bytes:
        """Return the header line."""
        return self.line(names).encode(self.charset, "replace")

    def line(self, fields: Sequence[str]) -> str:
        """Return one line of plain fields."""
        if self.quoted:
            return '"' + '"\t"'.join(fields) + '"\n'
        return "\t".join(fields) + "\n"

    def lines(self, columns: Sequence[Column]) -> bytes:
        """Return one line per row of the columns."""
        separator = '"\t"' if self.quoted else "\t"
        joined = pc.binary_join_element_wise(
            *columns, separator, null_handling="replace", null_replacement=""
        )
        return self.encode(joined)

    def encode(self, joined: Column) -> bytes:
        """Return joined rows as encoded lines."""
        around = ('"', '"\n') if self.quoted else ("", "\n")
        whole = pc.binary_join_element_wise(
            pa.scalar(around[0]), joined, pa.scalar(around[1]), ""
        )
        data = b"".join(map(_bytes, _chunks(whole)))
        if self.charset == "utf-8":
            return data
        return data.decode().encode(self.charset, "replace")


def clean(texts: Iterable[Any], *, quoted: bool = False) -> list[str]:
    """Return texts as Amazon sends them: no tab, no line break."""
    cleaned = (" ".join(str("" if text is None else text).split()) for text in texts)
    return [text.replace('"', '""') for text in cleaned] if quoted else list(cleaned)


def _chunks(column: Any) -> list[pa.Array]:
    return column.chunks if isinstance(column, pa.ChunkedArray) else [column]


def _bytes(lines: pa.Array) -> bytes:
    """Return the texts of an array one after the other."""
    if not len(lines):
        return b""
    wide = np.int64 if pa.types.is_large_string(lines.type) else np.int32
    edges = np.frombuffer(
        lines.buffers()[1], wide, len(lines) + 1, lines.offset * wide().itemsize
    )
    first, last = int(edges[0]), int(edges[-1])
    text: bytes = lines.buffers()[2].slice(first, last - first).to_pybytes()
    return text
