"""A ticket becomes a cookie once, for one browser, from our own pages."""

import pytest
from starlette.testclient import TestClient

from core.http.session import PRESESSION_COOKIE, SESSION_COOKIE
from core.kernel.settings import Settings
from tests.core.http.conftest import BASE, OURS, House, application


def exchange(client: TestClient, ticket: object, **headers: str) -> int:
    answer = client.post(
        "/api/session", json={"ticket": ticket}, headers=OURS | headers
    )
    return answer.status_code


def is_in(client: TestClient) -> bool:
    return client.get("/media/file").status_code == 200


def test_a_ticket_becomes_a_session(house: House, newcomer: TestClient) -> None:
    assert not is_in(newcomer)
    assert exchange(newcomer, house.ticket()) == 204
    assert is_in(newcomer)


def test_the_ticket_works_once(house: House, newcomer: TestClient) -> None:
    ticket = house.ticket()
    assert exchange(newcomer, ticket) == 204
    assert exchange(newcomer, ticket) == 401


def test_the_ticket_is_of_no_use_to_another_browser(
    house: House, stranger: TestClient
) -> None:
    stranger.cookies.set(PRESESSION_COOKIE, "another-browser")
    ticket = house.ticket()
    assert exchange(stranger, ticket) == 401
    stranger.cookies.set(PRESESSION_COOKIE, "the-name-of-this-browser")
    assert exchange(stranger, ticket) == 401


def test_a_browser_without_cookies_is_told_so(
    house: House, stranger: TestClient
) -> None:
    answer = stranger.post(
        "/api/session", json={"ticket": house.ticket()}, headers=OURS
    )
    assert answer.status_code == 401
    assert "cookies" in answer.json()["message"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": BASE, "Sec-Fetch-Site": "cross-site"},
        {"Origin": BASE, "Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_request_from_elsewhere_is_refused(
    house: House, newcomer: TestClient, headers: dict[str, str]
) -> None:
    body = {"ticket": house.ticket()}
    answer = newcomer.post("/api/session", json=body, headers=headers)
    assert answer.status_code == 403
    assert SESSION_COOKIE not in newcomer.cookies


def test_a_form_of_another_site_is_refused(house: House, newcomer: TestClient) -> None:
    answer = newcomer.post(
        "/api/session",
        content=f'{{"ticket": "{house.ticket()}"}}',
        headers=OURS | {"Content-Type": "text/plain"},
    )
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"7", b'{"ticket": 7}', b"\xff", b'"x"', b"x" * 5000]
)
def test_nonsense_is_refused(newcomer: TestClient, body: bytes) -> None:
    kind = {"Content-Type": "application/json"}
    answer = newcomer.post("/api/session", content=body, headers=OURS | kind)
    assert answer.status_code == 400


def test_no_script_can_read_the_cookie(house: House, newcomer: TestClient) -> None:
    answer = newcomer.post(
        "/api/session", json={"ticket": house.ticket()}, headers=OURS
    )
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"{SESSION_COOKIE}=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie


def test_over_tls_the_cookie_never_travels_in_the_clear(house: House) -> None:
    services = _Public(house)
    client = TestClient(application(services), base_url="https://stock.example")  # type: ignore[arg-type]
    client.cookies.set(PRESESSION_COOKIE, "the-name-of-this-browser")
    answer = client.post(
        "/api/session",
        json={"ticket": house.ticket()},
        headers={"Origin": "https://stock.example"},
    )
    assert answer.status_code == 204
    assert "secure" in answer.headers["set-cookie"].lower()
    assert (
        "Secure"
        in TestClient(
            application(services),  # type: ignore[arg-type]
            base_url="https://stock.example",
        )
        .get("/")
        .headers["set-cookie"]
    )
    assert "max-age" in client.get("/healthz").headers["strict-transport-security"]


def test_a_copied_cookie_is_rejected_after_sign_out(
    house: House, newcomer: TestClient
) -> None:
    exchange(newcomer, house.ticket())
    thief = TestClient(application(house.services), base_url=BASE)
    thief.cookies.set(SESSION_COOKIE, newcomer.cookies[SESSION_COOKIE])
    assert is_in(thief)
    assert newcomer.delete("/api/session", headers=OURS).status_code == 204
    assert not is_in(thief)
    assert SESSION_COOKIE not in newcomer.cookies


def test_another_site_cannot_sign_anybody_out(member: TestClient) -> None:
    evil = {"Origin": "https://evil.example"}
    assert member.delete("/api/session", headers=evil).status_code == 403
    assert is_in(member)


def test_signing_out_twice_is_no_error(member: TestClient) -> None:
    assert member.delete("/api/session", headers=OURS).status_code == 204
    assert member.delete("/api/session", headers=OURS).status_code == 204


def test_a_second_sign_in_ends_the_first_session(
    house: House, member: TestClient
) -> None:
    first = member.cookies[SESSION_COOKIE]
    member.cookies.set(PRESESSION_COOKIE, "the-name-of-this-browser")
    assert exchange(member, house.ticket()) == 204
    assert house.services.sessions.check(first) is None


def test_signing_in_and_out_is_written_down(house: House, newcomer: TestClient) -> None:
    exchange(newcomer, house.ticket())
    newcomer.delete("/api/session", headers=OURS)
    acts = [entry.act for entry in house.services.audit.entries()]
    assert acts[-2:] == ["session.start", "session.end"]


@pytest.mark.parametrize("token", ["", "x", "x" * 10_000, "%00", '"; drop'])
def test_an_invented_cookie_opens_nothing(stranger: TestClient, token: str) -> None:
    stranger.cookies.set(SESSION_COOKIE, token)
    assert not is_in(stranger)


class _Public:
    """The same instance, reached by https under a public name."""

    def __init__(self, house: House) -> None:
        self._services = house.services
        self.settings = Settings(
            _env_file=None, public_url="https://stock.example", env="production"
        )

    def __getattr__(self, name: str) -> object:
        return getattr(self._services, name)
