"""A new user's first morning: account, demo seller, five full pages, a file."""

import csv
import io
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import settled
from tests.building.app_server import EMAIL, PASSWORD, Server, running_app

pytestmark = pytest.mark.slow
expect.set_options(timeout=30_000)

PATIENCE_SECONDS = 240
"""On a busy machine; how long it takes is measured by `make bench`."""
PAGES = ("overview", "inventory", "velocity", "coverage", "shipments")
GRID = "[data-testid=stDataFrame]"
CHART = ".js-plotly-plot .trace, .js-plotly-plot .bars"


@pytest.fixture(scope="module")
def fresh_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return an app that nobody has an account at yet."""
    with running_app(tmp_path_factory.mktemp("morning")) as started:
        yield started


@pytest.fixture(scope="module")
def visited() -> set[str]:
    """Return the hosts that were asked for anything, by any page."""
    return set()


@pytest.fixture
def opened(
    new_context: Callable[..., BrowserContext],
    watched: Callable[[Page], Page],
    visited: set[str],
) -> Callable[..., Page]:
    """Return a maker of watched pages, each in a browser of its own."""

    def make(**options: Any) -> Page:
        page = watched(new_context(accept_downloads=True, **options).new_page())
        page.on("request", lambda asked: visited.add(host_of(asked.url)))
        page.on("websocket", lambda opened: visited.add(host_of(opened.url)))
        return page

    return make


@pytest.fixture(scope="module")
def state() -> dict[str, Any]:
    """Return what the first test leaves to the others: the cookies."""
    return {}


def host_of(address: str) -> str:
    """Return whom an address asks; what the page made itself asks nobody."""
    return "" if address.startswith(("data:", "blob:")) else urlsplit(address).netloc


def is_full(page: Page) -> bool:
    """Tell whether a page shows a grid and a chart, and no error."""
    settled(page)
    if page.get_by_test_id("stAlert").count():
        return False
    return bool(page.locator(GRID).count() and page.locator(CHART).count())


def rows_said(page: Page) -> int:
    said = page.get_by_text(re.compile(r"[\d,]+ rows?, one per")).first.inner_text()
    return int(said.split(" ")[0].replace(",", ""))


def explore_the_demo(page: Page, base: str) -> None:
    """Make the first account and choose the demo seller."""
    page.goto(base)
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Connect Amazon")).to_be_visible()
    page.get_by_role("button", name="Explore a demo seller").click()


def until_full(page: Page, base: str, seconds: float) -> list[str]:
    """Visit pages until all are full; return those that are not in time."""
    clicked = time.monotonic()
    expect(page.get_by_role("progressbar").first).to_be_visible(timeout=60_000)
    missing = list(PAGES)
    while missing and time.monotonic() - clicked < seconds:
        page.goto(f"{base}/{missing[0]}")
        page.get_by_role("heading", level=1).wait_for()
        settled(page)
        page.wait_for_timeout(1000)
        if is_full(page):
            missing.pop(0)
    return missing


def test_from_an_empty_instance_to_five_full_pages(
    fresh_server: Server,
    opened: Callable[..., Page],
    complaints: list[str],
    visited: set[str],
    state: dict[str, Any],
) -> None:
    page = opened()
    explore_the_demo(page, fresh_server.base)
    state["cookies"] = page.context.storage_state()
    assert until_full(page, fresh_server.base, PATIENCE_SECONDS) == []
    assert not complaints
    assert visited <= {urlsplit(fresh_server.base).netloc, ""}


@pytest.fixture
def returned(opened: Callable[..., Page], state: dict[str, Any]) -> Callable[..., Page]:
    """Return a maker of pages of the person who made the account."""
    if "cookies" not in state:
        pytest.skip("The account was not made: see the first test.")

    def make(**options: Any) -> Page:
        return opened(storage_state=state["cookies"], **options)

    return make


def test_the_sync_ends_with_every_dataset_in(
    fresh_server: Server, returned: Callable[..., Page]
) -> None:
    page = returned()
    page.goto(f"{fresh_server.base}/sync")
    expect(page.get_by_role("heading", name="Newest sync")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=120_000)
    expect(page.get_by_text("18 of 18 datasets are in.")).to_be_visible()
    assert page.locator(GRID).count()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_full_in_light_and_dark(
    fresh_server: Server,
    returned: Callable[..., Page],
    complaints: list[str],
    visited: set[str],
    name: str,
    scheme: str,
) -> None:
    page = returned(color_scheme=scheme)
    page.goto(f"{fresh_server.base}/{name}")
    page.locator(GRID).first.wait_for()
    page.locator(CHART).first.wait_for()
    assert is_full(page)
    expect(page.get_by_text(re.compile("as of", re.IGNORECASE)).first).to_be_visible()
    ground = page.get_by_test_id("stApp").evaluate(
        "element => getComputedStyle(element).backgroundColor"
    )
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(16, 23, 31)"}[scheme]
    assert not complaints
    assert visited <= {urlsplit(fresh_server.base).netloc, ""}


@pytest.mark.parametrize("name", [*PAGES, "sync"])
def test_nothing_is_wider_than_a_phone(
    fresh_server: Server, returned: Callable[..., Page], name: str
) -> None:
    page = returned()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{fresh_server.base}/{name}")
    page.get_by_role("heading", level=1).wait_for()
    settled(page)
    page.locator(GRID).first.wait_for()
    wider = page.evaluate(
        "() => [document.documentElement,"
        " document.querySelector('[data-testid=stMain]')]"
        ".map(it => it.scrollWidth - it.clientWidth)"
    )
    assert max(wider) <= 0


@pytest.mark.parametrize("name", ["inventory", "velocity", "coverage", "shipments"])
def test_the_csv_is_what_the_api_says_of_what_is_on_screen(
    fresh_server: Server, returned: Callable[..., Page], name: str
) -> None:
    page = returned()
    page.goto(f"{fresh_server.base}/{name}?marketplace=DE")
    page.locator(GRID).first.wait_for()
    settled(page)
    link = page.get_by_role("link", name="CSV", exact=True)
    with page.expect_download() as downloading:
        link.click()
    text = Path(downloading.value.path()).read_text(encoding="utf-8-sig")
    table = list(csv.DictReader(io.StringIO(text, newline="")))
    address = link.get_attribute("href") or ""
    assert "marketplace=DE" in address
    answer = page.request.get(
        fresh_server.base + address.replace(f"{name}.csv", f"{name}.json")
    )
    rows = json.loads(answer.body())
    assert len(table) == len(rows) == rows_said(page)
    assert rows
    assert list(table[0]) == list(rows[0])
    key = "shipment_id" if name == "shipments" else "sku"
    assert [row[key].lstrip("'") for row in table] == [row[key] for row in rows]


def test_a_deep_link_with_filters_opens_what_it_names_and_they_go_along(
    fresh_server: Server, returned: Callable[..., Page]
) -> None:
    page = returned()
    page.goto(f"{fresh_server.base}/inventory")
    page.locator(GRID).first.wait_for()
    settled(page)
    every = rows_said(page)
    page.goto(f"{fresh_server.base}/inventory?marketplace=DE")
    page.locator(GRID).first.wait_for()
    settled(page)
    assert 0 < rows_said(page) < every
    page.get_by_role("link", name="Coverage").click()
    expect(page.get_by_role("heading", name="Coverage", exact=True)).to_be_visible()
    page.wait_for_url(re.compile(r"/coverage\?.*marketplace=DE"))
    expect(page.get_by_role("link", name="CSV", exact=True)).to_have_attribute(
        "href", re.compile("marketplace=DE")
    )


def test_one_sku_in_the_address_is_drawn_alone(
    fresh_server: Server, returned: Callable[..., Page]
) -> None:
    page = returned()
    page.goto(f"{fresh_server.base}/velocity")
    link = page.get_by_role("link", name="CSV", exact=True)
    link.wait_for()
    address = (link.get_attribute("href") or "").replace(".csv", ".json")
    rows = json.loads(page.request.get(fresh_server.base + address).body())
    sku = max(rows, key=lambda row: row["units_90d"])["sku"]
    page.goto(f"{fresh_server.base}/velocity?sku={sku}")
    expect(page.get_by_role("heading", name=sku, exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("Best week in")).first).to_be_visible()


def test_after_sign_out_nothing_is_left(
    fresh_server: Server, returned: Callable[..., Page]
) -> None:
    page = returned()
    page.goto(f"{fresh_server.base}/coverage")
    page.locator(GRID).first.wait_for()
    address = page.get_by_role("link", name="CSV", exact=True).get_attribute("href")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("E-mail")).to_be_visible()
    assert not page.locator(GRID).count()
    assert page.request.get(f"{fresh_server.base}{address}").status == 401
