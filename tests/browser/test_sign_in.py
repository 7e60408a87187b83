"""From nobody to somebody and back, in a real browser."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import fill_sign_in, settled, sign_in
from tests.building.app_server import EMAIL, PASSWORD, Server, running_app

NewContext = Callable[..., BrowserContext]


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Server]:
    """Return an app in which nobody has an account."""
    with running_app(tmp_path) as started:
        yield started


def fill_first_account(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("Name").fill("Ann")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Create account").click()


def test_the_first_visitor_makes_the_account_and_is_in(
    empty: Server, stranger: Page, complaints: list[str], new_context: NewContext
) -> None:
    stranger.goto(f"{empty.base}/velocity")
    stranger.get_by_text("Create your account").wait_for()
    fill_first_account(stranger, password="too short")
    expect(stranger.get_by_text("shorter than 12 characters")).to_be_visible()
    fill_first_account(stranger)
    stranger.get_by_role("button", name="Sign out").wait_for()
    settled(stranger)
    assert urlsplit(stranger.url).path == "/velocity"
    assert complaints == []
    later = new_context().new_page()
    later.goto(empty.base)
    later.get_by_role("button", name="Sign in").wait_for()
    assert later.get_by_text("Create your account").count() == 0


def test_through_a_proxy_the_first_account_takes_the_code(
    empty: Server, new_context: NewContext
) -> None:
    code = empty.log.split("takes this code: ")[1].split()[0]
    page = new_context(extra_http_headers={"X-Forwarded-For": "10.0.0.9"}).new_page()
    page.goto(empty.base)
    page.get_by_label("Code that the server printed").fill("000000000000")
    fill_first_account(page)
    expect(page.get_by_text("not the one that the server printed")).to_be_visible()
    page.get_by_label("Code that the server printed").fill(code)
    fill_first_account(page)
    page.get_by_role("button", name="Sign out").wait_for()


def test_a_deep_link_with_its_query_survives_the_sign_in(
    server: Server, stranger: Page, complaints: list[str]
) -> None:
    stranger.goto(f"{server.base}/coverage?marketplace=DE&search=A+b")
    sign_in(stranger)
    address = urlsplit(stranger.url)
    assert address.path == "/coverage"
    query = parse_qs(address.query)
    assert query["marketplace"] == ["DE"]
    assert query["search"] == ["A b"]
    assert complaints == []


def test_the_bare_address_leads_to_the_overview(server: Server, member: Page) -> None:
    member.goto(f"{server.base}/?marketplace=DE")
    member.get_by_role("button", name="Sign out").wait_for()
    settled(member)
    assert urlsplit(member.url).path == "/overview"
    assert "marketplace=DE" in member.url


def test_no_script_can_read_the_session(server: Server, member: Page) -> None:
    member.goto(f"{server.base}/overview")
    member.get_by_role("button", name="Sign out").wait_for()
    assert "stockener" not in member.evaluate("document.cookie")
    cookies = {c["name"]: c for c in member.context.cookies()}
    assert cookies["stockener_sid"]["httpOnly"]
    assert cookies["stockener_sid"]["sameSite"] == "Lax"


def test_a_reload_keeps_the_page(server: Server, member: Page) -> None:
    member.goto(f"{server.base}/inventory")
    member.get_by_role("button", name="Sign out").wait_for()
    member.reload()
    member.get_by_role("button", name="Sign out").wait_for()
    settled(member)
    assert urlsplit(member.url).path == "/inventory"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "wrong wrong wrong"),
        ("nobody@example.com", PASSWORD),
        (EMAIL, "x" * 200),
        (EMAIL, ""),
        ("", PASSWORD),
        ("' or 1=1 --", PASSWORD),
    ],
)
def test_whatever_is_wrong_the_words_are_the_same(
    server: Server, stranger: Page, email: str, password: str
) -> None:
    stranger.goto(server.base)
    fill_sign_in(stranger, email, password)
    expect(
        stranger.get_by_text("The e-mail or the password is not right.")
    ).to_be_visible()
    assert "stockener_sid" not in {c["name"] for c in stranger.context.cookies()}


def test_too_many_tries_are_made_to_wait(server: Server, stranger: Page) -> None:
    stranger.goto(server.base)
    waiting = stranger.get_by_text("There were too many wrong passwords.")
    for attempt in range(8):
        fill_sign_in(stranger, "victim@example.com", f"wrong password {attempt}")
        settled(stranger)
        if waiting.count():
            break
    expect(waiting).to_be_visible()
    expect(stranger.get_by_text("Try again in")).to_be_visible()


def test_a_copied_cookie_is_rejected_after_sign_out(
    server: Server, stranger: Page, new_context: NewContext, complaints: list[str]
) -> None:
    stranger.goto(f"{server.base}/sync")
    sign_in(stranger)
    thief = new_context(storage_state=stranger.context.storage_state()).new_page()
    thief.goto(f"{server.base}/sync")
    thief.get_by_role("button", name="Sign out").wait_for()
    stranger.get_by_role("button", name="Sign out").click()
    stranger.get_by_label("E-mail").wait_for()
    names = {c["name"] for c in stranger.context.cookies()}
    assert "stockener_sid" not in names
    thief.goto(f"{server.base}/overview")
    thief.get_by_label("E-mail").wait_for()
    assert complaints == []


def test_another_tab_is_out_at_its_next_step(
    server: Server, stranger: Page, new_context: NewContext
) -> None:
    stranger.goto(f"{server.base}/sync")
    sign_in(stranger)
    other = stranger.context.new_page()
    other.goto(f"{server.base}/overview")
    other.get_by_role("button", name="Sign out").wait_for()
    stranger.get_by_role("button", name="Sign out").click()
    stranger.get_by_label("E-mail").wait_for()
    other.get_by_role("link", name="Velocity").click()
    other.get_by_label("E-mail").wait_for()
    # The same tab can be used again.
    sign_in(other)


def test_a_request_of_another_site_signs_nobody_in_or_out(
    server: Server, member: Page
) -> None:
    member.goto(f"{server.base}/overview")
    evil = {"Origin": "https://evil.example"}
    api = member.context.request
    posted = api.post(f"{server.base}/api/session", data={"ticket": "x"}, headers=evil)
    assert posted.status == 403
    assert api.delete(f"{server.base}/api/session", headers=evil).status == 403
    member.reload()
    member.get_by_role("button", name="Sign out").wait_for()


def test_the_sign_in_page_leads_on_when_somebody_is_in(
    server: Server, member: Page
) -> None:
    member.goto(f"{server.base}/sign_in")
    member.get_by_role("button", name="Sign out").wait_for()
    expect(member.get_by_label("Password", exact=True)).to_have_count(0)


def test_a_workspace_that_is_not_there_is_said_and_left(
    server: Server, member: Page
) -> None:
    member.goto(f"{server.base}/overview?workspace=nosuch")
    expect(member.get_by_text("There is no workspace of this name")).to_be_visible()
    member.get_by_role("button", name="Show what is mine").click()
    member.get_by_role("button", name="Sign out").wait_for()
    assert "nosuch" not in member.url
