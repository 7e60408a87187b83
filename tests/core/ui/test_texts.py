"""Is a text from outside shown as nothing but text?"""

import re
from datetime import UTC, date, datetime

import pytest

from core.ui import texts

HOSTILE = "<b>Bold</b> [link](https://x.example) $a$ :red[x] `c` **s** | ~~t~~"


def test_markdown_from_outside_is_shown_letter_by_letter() -> None:
    shown = texts.plain(HOSTILE)
    for sign in "<[(*`$:|~":
        assert f"\\{sign}" in shown
    assert shown.replace("\\", "").replace("\u2060", "") == HOSTILE


@pytest.mark.parametrize(
    "address", ["ann@example.com", "https://x.example", "www.x.example"]
)
def test_an_address_does_not_become_a_link(address: str) -> None:
    as_link = r"([-.\w+]+@[-\w]+\.[-\w]+|https?://|www\.)"
    assert re.search(as_link, address)
    assert not re.search(as_link, texts.plain(address).replace("\\", ""))


def test_a_line_break_cannot_start_a_heading() -> None:
    assert texts.plain("A\n# B") == "A \\# B"


def test_html_in_a_chart_label_is_shown_letter_by_letter() -> None:
    assert texts.label("<a href='x'>A & B</a>") == (
        "&lt;a href='x'&gt;A &amp; B&lt;/a&gt;"
    )


def test_a_long_label_is_cut_before_it_is_escaped() -> None:
    assert texts.label("&" * 50, 3) == "&amp;&amp;…"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (3, "a few seconds"),
        (42, "about 40 seconds"),
        (600, "about 10 minutes"),
        (7200, "about 2 hours"),
    ],
)
def test_a_duration_is_said_without_false_precision(
    seconds: float | None, said: str
) -> None:
    assert texts.duration(seconds) == said


def test_figures_days_and_instants_read_well() -> None:
    assert texts.number(1234.5, 1) == "1,234.5"
    assert texts.number(None) == "–"
    assert texts.count(1, "SKU") == "1 SKU"
    assert texts.count(2000, "SKU") == "2,000 SKUs"
    assert texts.day(date(2026, 2, 3)) == "3 Feb 2026"
    assert texts.day(None) == "–"
    assert texts.instant(datetime(2026, 2, 3, 4, 5, tzinfo=UTC)) == (
        "3 Feb 2026, 04:05 UTC"
    )
