"""A stranger sees nothing: on a cold server, at every address, in every way.

Streamlit runs a page without its main script when a folder of pages lies
beside it and nobody has been there since the start. So each page is the first
thing ever asked of a freshly started server, by a client that speaks the
stream itself and needs no browser to be misled.
"""

from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page
from streamlit.util import calc_hash
from websockets.exceptions import InvalidStatus

from core.http.front import page_names
from tests.browser.conftest import settled
from tests.building.app_server import Server, instance, make_account, running_app
from tests.building.stream_client import drawn, visit, words

ROOT = Path(__file__).resolve().parents[2]
SECRET = "Unmistakable Trading"
NAME = "unmistakable"


def prepare(folder: Path) -> None:
    make_account(folder)
    with instance(folder) as services:
        owner = services.users.operator()
        assert owner is not None
        services.workspaces.add(NAME, owner=owner, title=SECRET)


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return an app that only the strangers of this module have visited."""
    folder = tmp_path_factory.mktemp("cold")
    prepare(folder)
    with running_app(folder) as server:
        yield server


def assert_only_the_sign_in_form(server: Server, page: str, **how: str) -> None:
    messages = visit(server.base, page, **how)
    # The stream repeats what was asked; the rest is the answer.
    answer = [m for m in messages if m.WhichOneof("type") != "page_info_changed"]
    found = words(answer)
    assert {"E-mail", "Password"} <= found
    assert not [text for text in found if SECRET in text or NAME in text]
    labels = {
        message.delta.new_element.heading.body
        for message in drawn(messages)
        if message.delta.new_element.WhichOneof("type") == "heading"
    }
    assert labels == {"Stockener", "Sign in"}
    kinds = {
        message.delta.new_element.WhichOneof("type") for message in drawn(messages)
    } - {None}
    assert kinds <= {"heading", "text_input", "button"}


@pytest.mark.slow
@pytest.mark.parametrize("page", ["", *page_names()])
def test_a_page_that_is_the_first_thing_asked_of_a_cold_server(
    tmp_path: Path, page: str
) -> None:
    prepare(tmp_path)
    with running_app(tmp_path) as server:
        assert_only_the_sign_in_form(server, page, query=f"workspace={NAME}")


@pytest.mark.parametrize("page", [*page_names(), "", "main", "frame", "../pages/sync"])
def test_every_page_shows_the_form_and_nothing_else(cold: Server, page: str) -> None:
    assert_only_the_sign_in_form(cold, page, query=f"workspace={NAME}")


@pytest.mark.parametrize("page", page_names())
def test_naming_a_page_by_its_hash_opens_no_more(cold: Server, page: str) -> None:
    for path in (ROOT / "pages" / f"{page}.py", Path(page)):
        assert_only_the_sign_in_form(cold, "", page_hash=calc_hash(str(path)))


@pytest.mark.parametrize(
    "cookies", ["stockener_sid=x", "stockener_sid=", f"stockener_sid={'A' * 43}"]
)
def test_an_invented_cookie_opens_no_page(cold: Server, cookies: str) -> None:
    assert_only_the_sign_in_form(cold, "overview", cookies=cookies)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/api/v1/{NAME}/velocity.csv", 401),
        (f"/api/v1/{NAME}/daily.json", 401),
        ("/api/v1/nosuch/velocity.csv", 401),
        ("/metrics", 404),
        ("/media/" + "a" * 64 + ".csv", 401),
        ("/component/any.thing/index.html", 401),
        ("/_stcore/bidi-components/any/index.js", 401),
        ("/_stcore/upload_file/session/file", 401),
        ("/_stcore/metrics", 404),
        ("/_stcore/agent/openapi.json", 404),
        ("/_stcore/agent/interact", 404),
        ("/_stcore/script-health-check", 404),
        ("/auth/login", 404),
        ("/oauth2callback", 404),
        ("/app/static/control.db", 404),
        ("/data/control.db", 404),
        ("/..%2fdata%2fcontrol.db", 404),
        ("/static/../../data/control.db", 400),
        ("//evil.example/", 404),
        ("/overview/x/_stcore/metrics", 404),
        ("/overview/", 404),
    ],
)
def test_no_address_gives_a_stranger_anything(
    cold: Server, path: str, status: int
) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        got, text = asked(cold, method, path)
        assert SECRET not in text
        assert got in {status, 400, 401, 404, 405}
        if method == "GET":
            assert got == status


def test_health_says_nothing_but_alive(cold: Server) -> None:
    assert asked(cold, "GET", "/healthz") == (200, '{"status":"ok"}')


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:1"])
def test_another_site_cannot_open_the_stream(cold: Server, origin: str) -> None:
    with pytest.raises(InvalidStatus):
        visit(cold.base, "overview", origin=origin)


@pytest.mark.parametrize("name", ["overview", "shipments"])
def test_in_a_browser_there_is_a_form_and_no_map(
    cold: Server, stranger: Page, complaints: list[str], name: str
) -> None:
    stranger.goto(f"{cold.base}/{name}?workspace={NAME}")
    stranger.get_by_label("E-mail").wait_for()
    settled(stranger)
    shown = stranger.inner_text("body")
    assert SECRET not in shown
    assert stranger.locator("[data-testid=stSidebarNav]").count() == 0
    for page in page_names():
        assert stranger.locator(f"a[href$='/{page}']").count() == 0
    assert complaints == []


def asked(server: Server, method: str, path: str) -> tuple[int, str]:
    """Ask for a path as it is written; a client would tidy it up."""
    connection = HTTPConnection(urlsplit(server.base).netloc, timeout=10)
    connection.putrequest(method, path)
    connection.putheader("Content-Length", "0")
    connection.endheaders()
    answer = connection.getresponse()
    return answer.status, answer.read().decode(errors="replace")
