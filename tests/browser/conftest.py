"""One started app and one Chromium for all tests of the browser."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.building.app_server import (
    EMAIL,
    PASSWORD,
    Server,
    make_account,
    running_app,
)

HERE = Path(__file__).parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE_MS = 60_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return an app in which Ann has the first account and no workspace yet."""
    folder = tmp_path_factory.mktemp("app")
    make_account(folder)
    with running_app(folder) as started:
        yield started


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Return a maker of browsers that share nothing, like private windows."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = chromium.new_context(
            locale="en-US",
            timezone_id="UTC",
            reduced_motion="reduce",
            viewport={"width": 1280, "height": 900},
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def complaints() -> list[str]:
    """Return what the console of the page said in anger, filled by `watched`."""
    return []


@pytest.fixture
def watched(complaints: list[str]) -> Callable[[Page], Page]:
    """Return a page whose errors are noted in `complaints`."""

    def watch(page: Page) -> Page:
        page.on(
            "console",
            lambda said: said.type == "error" and complaints.append(said.text),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    return watch


@pytest.fixture
def stranger(
    new_context: Callable[..., BrowserContext], watched: Callable[[Page], Page]
) -> Page:
    """Return the page of somebody who is not signed in."""
    return watched(new_context().new_page())


@pytest.fixture(scope="session")
def signed_in_state(chromium: Browser, server: Server) -> Any:
    """Return the cookies of Ann's browser, who signed in once."""
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(f"{server.base}/sync")
    sign_in(page)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def member(
    new_context: Callable[..., BrowserContext],
    watched: Callable[[Page], Page],
    signed_in_state: Any,
) -> Page:
    """Return the page of Ann, who is signed in."""
    return watched(new_context(storage_state=signed_in_state).new_page())


def sign_in(page: Page, email: str = EMAIL, password: str = PASSWORD) -> None:
    """Fill the sign-in form and wait until somebody is in."""
    fill_sign_in(page, email, password)
    page.get_by_role("button", name="Sign out").first.wait_for()
    settled(page)


def fill_sign_in(page: Page, email: str = EMAIL, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def settled(page: Page) -> None:
    """Wait until the page has been drawn to its end."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.locator("[data-stale=true]").first.wait_for(state="detached")
