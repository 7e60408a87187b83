"""Where are finished documents, and who may still download them?"""

import gzip
import hashlib
import hmac
import secrets
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from core.kernel.clock import Clock

LIFE = timedelta(minutes=5)
_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Document:
    """One finished document on disk.

    Attributes:
        content_type: As the download says it; without a charset where Amazon
            leaves the reader to find out.
    """

    document_id: str
    path: Path
    content_type: str
    is_gzip: bool


class Documents:
    """Keeps documents in a folder of its own until the double ends."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._folder = tempfile.TemporaryDirectory(prefix="stockener-sandbox-")
        self._key = secrets.token_bytes(32)
        self._kept: dict[str, Document] = {}

    def write(
        self, chunks: Iterable[bytes], content_type: str, *, is_gzip: bool = True
    ) -> Document:
        """Write a document down, a chunk at a time."""
        identity = f"amzn1.spdoc.1.4.{secrets.token_hex(12)}"
        path = Path(self._folder.name) / identity
        if is_gzip:
            with gzip.open(path, "wb", compresslevel=1) as packed:
                packed.writelines(chunks)
        else:
            path.write_bytes(b"".join(chunks))
        document = Document(identity, path, content_type, is_gzip)
        self._kept[identity] = document
        return document

    def get(self, document_id: str) -> Document | None:
        """Return a document, None where there is none."""
        return self._kept.get(document_id)

    def close(self) -> None:
        """Remove every document from disk."""
        self._folder.cleanup()

    def url(self, base: str, document: Document, *, expired: bool = False) -> str:
        """Return an address that opens the document for five minutes."""
        signed_at = self._clock.instant() - (2 * LIFE if expired else timedelta())
        stamp = signed_at.strftime(_TIME)
        query = {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Date": stamp,
            "X-Amz-Expires": str(int(LIFE.total_seconds())),
            "X-Amz-Signature": self._sign(document.document_id, stamp),
        }
        return f"{base}/documents/{document.document_id}?{urlencode(query)}"

    def refusal(self, document_id: str, query: Mapping[str, str]) -> str:
        """Return the XML that refuses a download, empty where it may go on."""
        stamp = query.get("X-Amz-Date", "")
        signature = self._sign(document_id, stamp)
        if not hmac.compare_digest(signature, query.get("X-Amz-Signature", "")):
            return _xml(
                "SignatureDoesNotMatch", "The request signature does not match."
            )
        oldest = (self._clock.instant() - LIFE).strftime(_TIME)
        if stamp < oldest:
            return _xml("AccessDenied", "Request has expired")
        if document_id not in self._kept:
            return _xml("NoSuchKey", "The specified key does not exist.")
        return ""

    def _sign(self, document_id: str, stamp: str) -> str:
        text = f"{document_id}:{stamp}".encode()
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()


def _xml(code: str, message: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    )
