"""Requests from our own pages, to our own name, and no others."""

import pytest

from core.http.origin import is_our_host, is_our_page, is_same_site_fetch
from core.kernel.settings import Settings

HOME = Settings(_env_file=None)
PUBLIC = Settings(_env_file=None, public_url="https://stock.example")


@pytest.mark.parametrize(
    ("settings", "host", "is_ours"),
    [
        (HOME, "127.0.0.1:8501", True),
        (HOME, "localhost", True),
        (HOME, "[::1]:8501", True),
        (HOME, "stock.example", False),
        (HOME, "localhost.evil.example", False),
        (HOME, "evil.example:8501", False),
        (HOME, "", False),
        (HOME, "[::1", False),
        (PUBLIC, "stock.example", True),
        (PUBLIC, "STOCK.example", True),
        (PUBLIC, "other.example", False),
    ],
)
def test_which_names_are_ours(settings: Settings, host: str, is_ours: bool) -> None:
    assert is_our_host({"host": host}, settings) is is_ours


@pytest.mark.parametrize(
    ("settings", "origin", "host", "is_ours"),
    [
        (HOME, "http://127.0.0.1:8501", "127.0.0.1:8501", True),
        (HOME, "http://localhost:8501", "localhost:8501", True),
        (HOME, "http://127.0.0.1:9000", "localhost:8501", False),
        (HOME, "https://evil.example", "127.0.0.1:8501", False),
        (HOME, "null", "127.0.0.1:8501", False),
        (HOME, "", "127.0.0.1:8501", False),
        (HOME, "file://127.0.0.1:8501", "127.0.0.1:8501", False),
        (PUBLIC, "https://stock.example", "127.0.0.1:8501", True),
        (PUBLIC, "http://stock.example", "127.0.0.1:8501", False),
    ],
)
def test_which_pages_are_ours(
    settings: Settings, origin: str, host: str, is_ours: bool
) -> None:
    headers = {"origin": origin, "host": host}
    assert is_our_page(headers, settings) is is_ours
    assert is_same_site_fetch(headers, settings) is is_ours
    foreign = headers | {"sec-fetch-site": "cross-site"}
    assert not is_same_site_fetch(foreign, settings)
