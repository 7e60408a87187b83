"""How is a text from outside shown as nothing but text?

Streamlit reads labels and captions as Markdown, Plotly reads labels and
hover texts as a little HTML. Titles, SKUs and names come from outside.
"""

import re
from datetime import date, datetime

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:=^&])")
_SPACES = re.compile(r"\s+")
# Addresses become links even where their signs are escaped: an invisible
# sign within them says that they are none.
_LINKS = re.compile(r"@|https?(?=:)|www(?=\.)", re.IGNORECASE)
_JOINER = "\u2060"


def plain(text: object) -> str:
    """Return a text that Markdown shows as it is, on one line, without links."""
    line = _SPACES.sub(" ", str(text)).strip()
    return _MARKDOWN.sub(r"\\\1", _LINKS.sub(rf"\g<0>{_JOINER}", line))


def label(text: object, length: int = 40) -> str:
    """Return a text that Plotly shows as it is, shortened to one line."""
    line = _SPACES.sub(" ", str(text)).strip()
    short = line if len(line) <= length else f"{line[: length - 1]}…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def number(value: float | None, digits: int = 0) -> str:
    """Return a figure with thousands apart; an unknown one is a dash."""
    return "–" if value is None else f"{value:,.{digits}f}"


def count(value: int, noun: str, plural: str = "") -> str:
    """Return how many of something there are: `1 SKU`, `2,000 SKUs`."""
    return f"{value:,} {noun if value == 1 else plural or noun + 's'}"


def day(value: date | None) -> str:
    """Return a day as `23 Nov 2026`; an unknown one is a dash."""
    return "–" if value is None else f"{value.day} {value:%b %Y}"


def instant(value: datetime | None) -> str:
    """Return an instant as `23 Nov 2026, 14:05 UTC`; unknown is a dash."""
    return "–" if value is None else f"{day(value)}, {value:%H:%M %Z}"


def duration(seconds: float | None) -> str:
    """Return how long something takes, in words that need no precision."""
    if seconds is None:
        return ""
    if seconds < 10:
        return "a few seconds"
    if seconds < 90:
        return f"about {round(seconds / 5) * 5} seconds"
    if seconds < 5400:
        return f"about {round(seconds / 60)} minutes"
    return f"about {round(seconds / 3600)} hours"
