"""The HTML before any page: no inline script, and a name for the browser."""

import re

import pytest
from starlette.testclient import TestClient

from core.http.front import SCRIPT, front_html, page_names
from core.http.session import PRESESSION_COOKIE


def test_the_html_has_no_inline_script() -> None:
    scripts = re.findall(r"<script\b([^>]*)>(.*?)</script>", front_html(), re.DOTALL)
    assert len(scripts) >= 2
    assert all("src=" in attributes for attributes, _ in scripts)
    assert not any(body.strip() for _, body in scripts)
    assert not re.search(r"\son\w+=", front_html())


def test_our_script_comes_before_streamlits() -> None:
    html = front_html()
    assert html.index(SCRIPT) < html.index('type="module"')


def test_the_html_names_no_agent_and_another_title() -> None:
    assert "agent" not in front_html()
    assert "<title>Stockener</title>" in front_html()


def test_the_html_asks_no_other_host() -> None:
    assert "//" not in re.sub(r"<!DOCTYPE[^>]*>", "", front_html())


@pytest.mark.parametrize("name", ["", *page_names()])
def test_every_page_begins_with_it_and_a_name_for_the_browser(
    stranger: TestClient, name: str
) -> None:
    answer = stranger.get(f"/{name}")
    assert answer.text == front_html()
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{PRESESSION_COOKIE}=")
    assert "HttpOnly" in cookie
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in stranger.get(f"/{name}").headers


def test_the_script_is_served(stranger: TestClient) -> None:
    answer = stranger.get(SCRIPT)
    assert "window.__streamlit" in answer.text
    assert answer.headers["content-type"].startswith("text/javascript")
