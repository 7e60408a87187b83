"""What did Amazon put into a report? Downloaded by ourselves, to the last byte.

A document stays in memory, compressed as it came: it is never written to disk.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from email.message import Message
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx
import pyarrow as pa

from core.kernel.errors import (
    ReportFailedError,
    RequestRefusedError,
    UnavailableError,
)
from core.kernel.settings import is_loopback
from core.spapi.texts import flat_files, unpacking
from core.spapi.transport import LATER, http_client

if TYPE_CHECKING:
    from core.spapi.client import Amazon


@dataclass(frozen=True, slots=True)
class Document:
    """One report's text, verified: complete, and strictly in its encoding.

    Attributes:
        content: The bytes as they came, compressed where `is_gzip`.
        charset: The Python name of the encoding.
        size: How many bytes it has once decompressed.
    """

    content: bytes = field(repr=False)
    charset: str
    is_gzip: bool
    size: int

    @classmethod
    def verified(
        cls, content: bytes, *, is_gzip: bool, declared: str = "", fallback: str
    ) -> "Document":
        """Return the document in these bytes.

        Raises:
            UnavailableError: The bytes end too early.
            ReportFailedError: No encoding fits.
        """
        charset, size = unpacking.examine(
            content, (declared, "utf-8", fallback), is_gzip=is_gzip
        )
        return cls(content, charset, is_gzip, size)

    def chunks(self) -> Iterator[bytes]:
        """Yield the text as UTF-8 without a byte order mark."""
        return unpacking.as_utf8(self.content, self.charset, is_gzip=self.is_gzip)

    def open_csv(
        self,
        include: Sequence[str],
        *,
        optional: Sequence[str] = (),
        on_bad_line: Callable[[str], None] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Yield the lines of a flat file, all columns as text, batch by batch.

        Args:
            include: Columns that must be there, in any spelling that agrees
                in letters and digits; batches name them as they are here.
            optional: Columns that may be missing and are null then.
            on_bad_line: Told of each line that does not fit its header;
                without it such a line is an error.

        Raises:
            ReportFailedError: It is not the report that was asked for.
        """
        return flat_files.batches(self.chunks(), include, optional, on_bad_line)

    def table(
        self, include: Sequence[str], *, optional: Sequence[str] = ()
    ) -> pa.Table:
        """Return all lines of a flat file at once, also when there are none."""
        schema = pa.schema([(name, pa.string()) for name in (*include, *optional)])
        return pa.Table.from_batches(self.open_csv(include, optional=optional), schema)


def downloader(endpoint: str, timeout_seconds: float) -> httpx.Client:
    """Return the client for documents, which knows no token."""
    return http_client(endpoint, timeout_seconds)


def fetch(
    amazon: "Amazon", files: httpx.Client, document_id: str, fallback: str
) -> Document:
    """Return a document; an address that has expired is asked for once more."""
    for last in (False, True):
        facts = amazon.call("getReportDocument", reportDocumentId=document_id).payload
        _check_address(amazon.access.endpoint, facts)
        try:
            return amazon.patiently(lambda: _download(files, facts, fallback))  # noqa: B023
        except RequestRefusedError:
            if last:
                raise
    raise AssertionError


def _check_address(endpoint: str, facts: dict[str, str]) -> None:
    address, packed = facts["url"], facts.get("compressionAlgorithm")
    is_safe = address.startswith("https://")
    if not is_safe and not (is_loopback(endpoint) and is_loopback(address)):
        raise ReportFailedError(
            "Amazon named an address for a report that is not encrypted.", LATER
        )
    if packed not in (None, "GZIP"):
        raise ReportFailedError(
            f"A report is compressed in an unknown way: {packed}.",
            "Update this program.",
        )


def _download(files: httpx.Client, facts: dict[str, str], fallback: str) -> Document:
    try:
        # As it is: a second, transparent compression would be undone unseen.
        as_is = {"accept-encoding": "identity"}
        with files.stream("GET", facts["url"], headers=as_is) as answer:
            _check_status(answer)
            content = b"".join(answer.iter_raw())
    except httpx.HTTPError as error:
        raise UnavailableError(
            "A report could not be downloaded.", LATER
        ) from _without_address(error)
    length = answer.headers.get("content-length")
    if length is not None and length.isdigit() and int(length) != len(content):
        raise UnavailableError("A report arrived shortened.", LATER)
    if answer.headers.get("content-encoding", "").lower() == "gzip":
        content = unpacking.without_transport_gzip(content, facts)
    return Document.verified(
        content,
        is_gzip=facts.get("compressionAlgorithm") == "GZIP",
        declared=_charset(answer.headers.get("content-type", "")),
        fallback=fallback,
    )


def _check_status(answer: httpx.Response) -> None:
    status = answer.status_code
    if status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        raise RequestRefusedError(
            "The address of a report has expired.", LATER, status=status
        )
    if status != HTTPStatus.OK:
        raise UnavailableError(
            f"A report could not be downloaded (HTTP {status}).", LATER, status=status
        )


def _charset(content_type: str) -> str:
    header = Message()
    header["content-type"] = content_type
    return str(header.get_content_charset(""))


def _without_address(error: httpx.HTTPError) -> httpx.HTTPError:
    """Return an error whose text names no presigned address."""
    return type(error)(type(error).__name__)
