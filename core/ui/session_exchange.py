"""How does the browser fetch its session cookie, and hand it back?"""

from pathlib import Path

import streamlit as st

from core.kernel.ids import new_id

_SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
_exchange = st.components.v2.component(
    "stockener_session_exchange", html="<div></div>", js=_SCRIPT
)


def sign_in(ticket: str) -> None:
    """Let the browser exchange a ticket and load the page again."""
    _exchange(key="session_exchange", data={"ticket": ticket, "once": ticket})


def sign_out() -> None:
    """Let the browser drop its cookie and load the first page."""
    _exchange(key="session_exchange", data={"ticket": "", "once": new_id()})
