"""What Streamlit serves beside pages is shut, or open only to members."""

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from core.http.doors import MEMBERS, OPEN
from tests.core.http.conftest import BASE

SHUT = [
    "/_stcore/metrics",
    "/_stcore/agent/openapi.json",
    "/_stcore/agent/interact",
    "/_stcore/agent/mcp",
    "/_stcore/script-health-check",
    "/_stcore/anything",
    "/_stcore",
    "/auth/login",
    "/auth/logout",
    "/oauth2callback",
    "/app/static/file",
    "/anything",
    "/data/control.db",
    "/.env",
    "//_stcore/metrics",
    "/_STCORE/metrics",
    "/static/../_stcore/metrics",
    "/overview/x/_stcore/metrics",
]


@pytest.mark.parametrize("path", SHUT)
def test_an_address_that_nobody_needs_is_shut_even_for_members(
    member: TestClient, path: str
) -> None:
    answer = member.get(f"{BASE}{path}")
    assert answer.status_code == 404
    assert answer.json()["message"] == "There is nothing at this address."


@pytest.mark.parametrize("path", [f"{path}/file" for path in MEMBERS])
def test_files_of_pages_open_to_members_only(
    stranger: TestClient, member: TestClient, path: str
) -> None:
    assert stranger.get(path).status_code == 401
    assert stranger.put(path).status_code == 401
    assert stranger.get(path.upper()).status_code in (401, 404)
    assert stranger.get(f"/{path}").status_code in (401, 404)
    assert member.get(path).text == "behind"


@pytest.mark.parametrize("path", sorted(set(OPEN) - {"/_stcore/stream"}))
def test_the_shell_of_a_page_is_open(stranger: TestClient, path: str) -> None:
    assert stranger.get(path).text == "behind"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "a b"])
def test_a_name_that_is_not_ours_is_refused(stranger: TestClient, host: str) -> None:
    answer = stranger.get("/", headers={"Host": host})
    assert answer.status_code == 421


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1", "[::1]:8501"])
def test_every_name_of_this_machine_is_ours(stranger: TestClient, host: str) -> None:
    assert stranger.get("/", headers={"Host": host}).status_code == 200


def test_a_probe_may_use_any_name(stranger: TestClient) -> None:
    answer = stranger.get("/healthz", headers={"Host": "10.0.0.7:8501"})
    assert answer.json() == {"status": "ok"}


@pytest.mark.parametrize("origin", [None, BASE])
def test_our_own_pages_may_open_the_stream(
    stranger: TestClient, origin: str | None
) -> None:
    headers = {"Host": "127.0.0.1:8501"} | ({"Origin": origin} if origin else {})
    with stranger.websocket_connect("/_stcore/stream", headers=headers) as stream:
        assert stream.receive_text() == "behind"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://localhost:8501"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Host": "evil.example", "Origin": "http://evil.example"},
        {"Host": "evil.example"},
    ],
)
def test_nobody_else_may_open_the_stream(
    stranger: TestClient, headers: dict[str, str]
) -> None:
    given = {"Host": "127.0.0.1:8501"} | headers
    with (
        pytest.raises(WebSocketDisconnect),
        stranger.websocket_connect("/_stcore/stream", headers=given),
    ):
        pass
