"""Are the bytes whole, and which letters do they mean?

Amazon's reports of one seller differ in encoding on the same day. What it
declares is believed when every byte agrees; then UTF-8; then the encoding of
the marketplace. Never a guess that replaces letters.
"""

import codecs
import zlib
from collections.abc import Iterator, Mapping, Sequence

from core.kernel.errors import ReportFailedError, UnavailableError
from core.spapi.transport import LATER

PIECE_BYTES = 1 << 18
CHUNK_BYTES = 1 << 22
GZIP_BITS = 31
BOM = codecs.BOM_UTF8

BROADER = {
    "iso8859-1": "cp1252",
    "ascii": "utf-8",
    "utf-8-sig": "utf-8",
    "shift_jis": "cp932",
}
"""What is meant by a declared encoding: Amazon's Latin and Japanese texts are
those of Windows."""
READABLE = {"utf-8", "utf-16", "cp1252", "cp932", "euc_jp", "iso8859-15", "gb18030"}
"""What may be declared; anything else is as good as nothing."""


def examine(
    content: bytes, charsets: Sequence[str], *, is_gzip: bool
) -> tuple[str, int]:
    """Read everything once; return the first encoding that fits, and the size.

    Raises:
        UnavailableError: The bytes end too early or are damaged.
        ReportFailedError: No encoding fits.
    """
    tried: list[str] = []
    for name in charsets:
        charset = _known(name)
        if not charset or charset in tried:
            continue
        tried.append(charset)
        size = _size_if_strictly(charset, _chunks(content, is_gzip=is_gzip))
        if size is not None:
            return charset, size
    raise ReportFailedError(
        f"A report is in none of the encodings {', '.join(tried)}.",
        "If it happens again, please report which marketplace it is from.",
    )


def as_utf8(content: bytes, charset: str, *, is_gzip: bool) -> Iterator[bytes]:
    """Yield the text in UTF-8 without a byte order mark."""
    start = True
    chunks = _chunks(content, is_gzip=is_gzip)
    for chunk in chunks if charset == "utf-8" else _recoded(chunks, charset):
        if start and chunk:
            start = False
            yield chunk.removeprefix(BOM)
        else:
            yield chunk


def without_transport_gzip(content: bytes, facts: Mapping[str, str]) -> bytes:
    """Return the document itself where the transport packed it once more."""
    is_gzip = facts.get("compressionAlgorithm") == "GZIP"
    unpacked = b"".join(_unzipped(content))
    if is_gzip and not unpacked.startswith(b"\x1f\x8b"):
        return content
    return unpacked


def _known(name: str) -> str:
    try:
        charset = codecs.lookup(name).name if name else ""
    except LookupError:
        return ""
    charset = BROADER.get(charset, charset)
    return charset if charset in READABLE else ""


def _size_if_strictly(charset: str, chunks: Iterator[bytes]) -> int | None:
    decoder = codecs.getincrementaldecoder(charset)("strict")
    is_superset = charset in ("utf-8", "cp1252")
    pending, size = False, 0
    try:
        for chunk in chunks:
            size += len(chunk)
            if is_superset and not pending and chunk.isascii():
                continue
            decoder.decode(chunk)
            pending = bool(decoder.getstate()[0])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return size


def _recoded(chunks: Iterator[bytes], charset: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(charset)("strict")
    for chunk in chunks:
        yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()


def _chunks(content: bytes, *, is_gzip: bool) -> Iterator[bytes]:
    if is_gzip:
        yield from _unzipped(content)
        return
    for start in range(0, len(content), CHUNK_BYTES):
        yield content[start : start + CHUNK_BYTES]


def _unzipped(content: bytes) -> Iterator[bytes]:
    """Yield what every member of a gzip file holds, each to its checksum."""
    view = memoryview(content)
    at, inflate = 0, zlib.decompressobj(GZIP_BITS)
    is_open = True
    try:
        while at < len(view):
            piece: bytes | memoryview = view[at : at + PIECE_BYTES]
            at += len(piece)
            while piece:
                if not is_open:
                    piece = bytes(piece).lstrip(b"\0")
                    if not piece:
                        break
                    inflate, is_open = zlib.decompressobj(GZIP_BITS), True
                yield inflate.decompress(piece, CHUNK_BYTES)
                piece = inflate.unconsumed_tail
                if inflate.eof:
                    piece, is_open = inflate.unused_data, False
    except zlib.error as error:
        raise UnavailableError("A report arrived damaged.", LATER) from error
    if is_open:
        raise UnavailableError("A report arrived shortened.", LATER)
