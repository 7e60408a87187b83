"""Our addresses and doors around something that answers everything."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from core.accounts.users import User
from core.http.routes import middleware, routes
from core.http.session import PRESESSION_COOKIE, SESSION_COOKIE
from core.services import Services
from tests.building.app_server import EMAIL, PASSWORD, instance

BASE = "http://127.0.0.1:8501"
OURS = {"Origin": BASE}
PRESESSION = "the-name-of-this-browser"


@dataclass(frozen=True)
class House:
    """An instance with Ann, who owns `mine`, and Bob, who owns `theirs`."""

    services: Services
    ann: User
    bob: User

    def ticket(self, presession: str = PRESESSION) -> str:
        return self.services.sessions.issue_ticket(self.ann.user_id, presession)

    def token(self, user: User | None = None) -> str:
        person = (user or self.ann).user_id
        ticket = self.services.sessions.issue_ticket(person, PRESESSION)
        return self.services.sessions.redeem_ticket(ticket, PRESESSION)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with instance(tmp_path_factory.mktemp("house")) as services:
        ann = services.users.create(EMAIL, PASSWORD, "Ann", is_operator=True)
        bob = services.users.create("bob@example.com", PASSWORD, "Bob")
        services.workspaces.add("mine", owner=ann, title="Mine")
        services.workspaces.add("theirs", owner=bob, title="Theirs")
        yield House(services, ann, bob)


async def _behind(_request: Request) -> Response:
    return PlainTextResponse("behind", headers={"Access-Control-Allow-Origin": "*"})


async def _stream(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("behind")
    await websocket.close()


def application(services: Services) -> Starlette:
    """Return our addresses with something behind the doors instead of Streamlit."""
    return Starlette(
        routes=[
            *routes(lambda: services),
            WebSocketRoute("/_stcore/stream", _stream),
            Route("/{path:path}", _behind, methods=["GET", "PUT"]),
        ],
        middleware=middleware(lambda: services),
    )


@pytest.fixture
def stranger(house: House) -> TestClient:
    return TestClient(application(house.services), base_url=BASE)


@pytest.fixture
def newcomer(stranger: TestClient) -> TestClient:
    """Return a browser that has loaded a page and holds its name."""
    stranger.cookies.set(PRESESSION_COOKIE, PRESESSION)
    return stranger


@pytest.fixture
def member(house: House) -> TestClient:
    """Return Ann's browser."""
    client = TestClient(application(house.services), base_url=BASE)
    client.cookies.set(SESSION_COOKIE, house.token())
    return client


@pytest.fixture
def elsewhere() -> Callable[[Services, str], TestClient]:
    """Return a maker of clients that reach the instance under a given address."""

    def make(services: Services, base: str) -> TestClient:
        return TestClient(application(services), base_url=base)

    return make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
