"""Which cells would a spreadsheet run as a formula? The one choke point.

Text that begins with a character that starts a formula gets an apostrophe in
front; numbers are not text and stay numbers. Text that begins with apostrophes
before such a character gets one more, so that `plain` always finds the original.
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

_STARTS = "=+@\t\r\n＝＋－＠-"
_RISKY = rf"\A'*[{_STARTS}]"
_GUARDED = rf"\A'+[{_STARTS}]"


def safe(texts: pa.Array) -> pa.Array:
    """Return a column of texts that no spreadsheet takes for formulas."""
    risky = pc.match_substring_regex(texts, _RISKY)
    if not pc.any(risky).as_py():
        return texts
    guarded = pc.binary_join_element_wise("'", texts, "")
    return pc.if_else(risky, guarded, texts)


def safe_text(text: str) -> str:
    """Return one text that no spreadsheet takes for a formula."""
    return f"'{text}" if re.match(_RISKY, text) else text


def plain_text(text: str) -> str:
    """Return the original of what `safe` or `safe_text` made."""
    return text[1:] if re.match(_GUARDED, text) else text
