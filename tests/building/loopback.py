"""A bare HTTP server on loopback that answers whatever a test tells it to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from core.kernel.clock import Clock
from core.spapi.auth import Access
from core.spapi.client import Amazon
from core.spapi.limits import Limits

TOKEN_PATH = "/auth/o2/token"


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """One answer: an object becomes JSON, bytes go out as they are."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    """Announces another length than it has."""

    def bytes(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body).encode()


Handler = Callable[[Asked], Any]


class Loopback:
    """A running server; remembers what it was asked."""

    def __init__(self, answer: Handler) -> None:
        self.asked: list[Asked] = []
        self._answer = answer
        self._lock = threading.Lock()
        self._server = _Quiet(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def api(self) -> list[Asked]:
        """What was asked but for tokens."""
        return [asked for asked in self.asked if asked.path != TOKEN_PATH]

    @property
    def tokens(self) -> int:
        """How many tokens were asked for."""
        return sum(asked.path == TOKEN_PATH for asked in self.asked)

    def run(self) -> None:
        self._server.serve_forever(poll_interval=0.02)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def reply(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            number = self.tokens
        found = self._answer(asked)
        if found is None and asked.path == TOKEN_PATH:
            found = {"access_token": f"Atza|{number}", "expires_in": 3600}
        return found if isinstance(found, Reply) else Reply(found)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        loopback = self

        class Connection(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                size = int(self.headers.get("content-length") or 0)
                parts = urlsplit(self.path)
                asked = Asked(
                    self.command,
                    parts.path,
                    dict(parse_qsl(parts.query, keep_blank_values=True)),
                    {name.lower(): value for name, value in self.headers.items()},
                    self.rfile.read(size),
                )
                reply = loopback.reply(asked)
                body = reply.bytes()
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                size = len(body) if reply.length is None else reply.length
                self.send_header("content-length", str(size))
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = reply.length is not None

            do_POST = do_GET  # noqa: N815

        return Connection


class _Quiet(ThreadingHTTPServer):
    """A client that hangs up early is part of some tests."""

    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: Any) -> None:
        pass


Serve = Callable[[Handler], Loopback]


@contextmanager
def loopback(answer: Handler) -> Iterator[Loopback]:
    """Run a server; `answer` may return an object, a Reply or None (a token)."""
    server = Loopback(answer)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


def access_to(address: str, **changes: str) -> Access:
    """Return access to a loopback server."""
    facts = {
        "region": "EU",
        "seller_id": "SELLER",
        "endpoint": address,
        "lwa_endpoint": address,
        "client_id": "amzn1.application-oa2-client.x",
        "client_secret": "amzn1.oa2-cs.v1.secretsecret",
        "refresh_token": "Atzr|refreshrefresh",
    }
    return Access(**{**facts, **changes})


def amazon_at(address: str, clock: Clock, **options: Any) -> Amazon:
    """Return a client of a loopback server."""
    limits = options.pop("limits", None) or Limits(clock)
    return Amazon(access_to(address), clock=clock, limits=limits, **options)
