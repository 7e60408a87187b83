"""A document is whole, decoded strictly, or an error."""

import gzip
from typing import Any

import pytest

from core.kernel.errors import (
    ReportFailedError,
    RequestRefusedError,
    UnavailableError,
)
from core.spapi.documents import Document
from tests.building.loopback import Asked, Loopback, Reply, Serve, amazon_at
from tests.building.simulated_clock import SimulatedClock

TEXT = "sku\ttitle\nA-1\tMüller “€”\n"


class Store:
    """A server that hands out one document's address and its bytes."""

    def __init__(
        self, serve: Serve, *replies: Reply, packed: str | None = None
    ) -> None:
        self._replies = list(replies)
        self._packed = packed
        self.server: Loopback = serve(self._answer)

    def _answer(self, asked: Asked) -> Any:
        if asked.path.startswith("/reports"):
            facts = {"reportDocumentId": "d", "url": f"{self.server.address}/file"}
            return (
                {**facts, "compressionAlgorithm": self._packed}
                if self._packed
                else facts
            )
        if asked.path == "/file":
            return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        return None

    def asked_for(self, path: str) -> int:
        return sum(asked.path.startswith(path) for asked in self.server.asked)


def typed(charset: str) -> dict[str, str]:
    return {"content-type": f"text/plain;charset={charset}"}


ENCODED = {
    "UTF-8, not declared": (TEXT.encode(), {}, "cp1252"),
    "UTF-8 with a mark": (TEXT.encode("utf-8-sig"), {}, "cp1252"),
    "UTF-8, declared": (TEXT.encode(), typed("UTF-8"), "cp1252"),
    "UTF-8, declared as Japanese": (TEXT.encode(), typed("no-such-charset"), "cp1252"),
    "Windows, not declared": (TEXT.encode("cp1252"), {}, "cp1252"),
    "Windows, declared": (TEXT.encode("cp1252"), typed("Cp1252"), "cp932"),
    "Windows, declared as Latin": (TEXT.encode("cp1252"), typed("ISO-8859-1"), "cp932"),
    "Windows, declared as UTF-8": (TEXT.encode("cp1252"), typed("utf-8"), "cp1252"),
}


@pytest.mark.parametrize(
    ("content", "headers", "fallback"), ENCODED.values(), ids=ENCODED
)
@pytest.mark.parametrize("packed", [None, "GZIP"])
def test_letters_survive_every_encoding(
    serve: Serve,
    clock: SimulatedClock,
    content: bytes,
    headers: dict[str, str],
    fallback: str,
    packed: str | None,
) -> None:
    body = gzip.compress(content) if packed else content
    store = Store(serve, Reply(body, headers=headers), packed=packed)
    document = amazon_at(store.server.address, clock).document("d", fallback=fallback)
    assert document.table(["sku", "title"]).to_pylist() == [
        {"sku": "A-1", "title": "Müller “€”"}
    ]


@pytest.mark.parametrize(
    "declared", ["", "Shift_JIS", "Windows-31J", "us-ascii", "unicode_escape", "base64"]
)
def test_japanese_letters_of_windows_survive(declared: str) -> None:
    text = "sku\ttitle\nA-1\t①㈱髙島屋～ソ表\n"
    document = Document.verified(
        text.encode("cp932"), is_gzip=False, declared=declared, fallback="cp932"
    )
    assert document.table(["title"]).column("title").to_pylist() == ["①㈱髙島屋～ソ表"]


def test_letters_that_no_encoding_knows_are_an_error() -> None:
    with pytest.raises(ReportFailedError, match="none of the encodings"):
        Document.verified(b"sku\n\x81\xff\n", is_gzip=False, fallback="cp1252")


@pytest.mark.parametrize("cut", [1, 4, 8, 9, 100])
def test_a_shortened_gzip_is_never_a_shorter_report(
    serve: Serve, clock: SimulatedClock, cut: int
) -> None:
    whole = gzip.compress("".join(f"sku-{n}\n" for n in range(5000)).encode())
    store = Store(serve, Reply(whole[:-cut]), packed="GZIP")
    with pytest.raises(UnavailableError):
        amazon_at(store.server.address, clock).document("d")
    assert store.asked_for("/file") == 6


DAMAGED = {
    "no gzip at all": Reply(b"sku\n1\n"),
    "a wrong checksum": Reply(gzip.compress(b"sku\n")[:-8] + b"\0" * 8),
    "nothing": Reply(b""),
    "fewer bytes than announced": Reply(gzip.compress(b"sku\n"), length=999),
    "a failure": Reply(b"", 500),
    "a redirect": Reply(b"", 302, {"location": "/elsewhere"}),
}


@pytest.mark.parametrize("reply", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_document_is_an_error(
    serve: Serve, clock: SimulatedClock, reply: Reply
) -> None:
    store = Store(serve, reply, packed="GZIP")
    with pytest.raises(UnavailableError):
        amazon_at(store.server.address, clock).document("d")


def test_a_second_attempt_may_succeed(serve: Serve, clock: SimulatedClock) -> None:
    whole = gzip.compress(b"sku\nA\n")
    store = Store(
        serve, Reply(whole[:-3]), Reply(b"", 503), Reply(whole), packed="GZIP"
    )
    document = amazon_at(store.server.address, clock).document("d")
    assert document.table(["sku"]).num_rows == 1
    assert store.asked_for("/reports") == 1


def test_all_members_of_a_gzip_are_read(serve: Serve, clock: SimulatedClock) -> None:
    body = gzip.compress(b"sku\nA\n") + gzip.compress(b"B\n") + b"\0" * 512
    store = Store(serve, Reply(body), packed="GZIP")
    document = amazon_at(store.server.address, clock).document("d")
    assert document.table(["sku"]).column("sku").to_pylist() == ["A", "B"]


@pytest.mark.parametrize("twice", [True, False])
def test_a_gzip_that_the_transport_announces_too_is_unpacked_once_or_twice(
    serve: Serve, clock: SimulatedClock, twice: bool
) -> None:
    body = gzip.compress(b"sku\nA\n")
    body = gzip.compress(body) if twice else body
    reply = Reply(body, headers={"content-encoding": "gzip"})
    store = Store(serve, reply, packed="GZIP")
    document = amazon_at(store.server.address, clock).document("d")
    assert document.table(["sku"]).num_rows == 1


def test_an_expired_address_is_asked_for_once_more(
    serve: Serve, clock: SimulatedClock
) -> None:
    expired = Reply(b"<Error><Code>AccessDenied</Code></Error>", 403)
    store = Store(serve, expired, Reply(b"sku\nA\n"))
    document = amazon_at(store.server.address, clock).document("d")
    assert document.table(["sku"]).num_rows == 1
    assert store.asked_for("/reports") == 2


def test_an_address_that_expires_again_is_an_error(
    serve: Serve, clock: SimulatedClock
) -> None:
    store = Store(serve, Reply(b"<Error/>", 403))
    with pytest.raises(RequestRefusedError):
        amazon_at(store.server.address, clock).document("d")
    assert store.asked_for("/reports") == 2


def test_an_unknown_compression_is_refused(serve: Serve, clock: SimulatedClock) -> None:
    store = Store(serve, Reply(b""), packed="ZSTD")
    with pytest.raises(ReportFailedError, match="ZSTD"):
        amazon_at(store.server.address, clock).document("d")


def test_a_document_does_not_show_what_it_holds() -> None:
    document = Document.verified(b"sku\nSECRET-SKU\n", is_gzip=False, fallback="cp1252")
    assert "SECRET" not in repr(document)
