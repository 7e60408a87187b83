"""How long from “Explore a demo seller” to five full pages, in a browser?"""

import shutil
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.test_first_morning import explore_the_demo, until_full
from tests.building.app_server import running_app

PATIENCE_SECONDS = 240


def rows() -> list[tuple[str, float, float, str]]:
    """Return name, measured, limit and unit; nothing where no browser is."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        return []
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder)) as app,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        explore_the_demo(page, app.base)
        clicked = time.monotonic()
        missing = until_full(page, app.base, PATIENCE_SECONDS)
        seconds = time.monotonic() - clicked
        browser.close()
    return [
        ("demo seller: five full pages after the click", seconds, 60.0, "s"),
        ("demo seller: pages that stay empty", float(len(missing)), 0.0, "pages"),
    ]
