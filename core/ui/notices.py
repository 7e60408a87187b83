"""How is an error, or the lack of something, said to a person?

Every sentence from outside passes `texts.plain`: it is never markup.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.kernel import log
from core.kernel.errors import AppError
from core.kernel.ids import new_id
from core.ui.texts import plain

_logger = log.get(__name__)


def refused(error: AppError) -> None:
    """Show what went wrong, and the next step."""
    st.error(plain(error.message), icon=":material/error:")
    if error.hint:
        st.caption(plain(error.hint))


@contextmanager
def said() -> Iterator[None]:
    """Show an error of ours where it arises; end the page there."""
    try:
        yield
    except AppError as error:
        refused(error)
        st.stop()


def broken(error: Exception) -> None:
    """Log an error that nobody foresaw; show its reference alone."""
    reference = new_id()[:8]
    _logger.error("page_failed", reference=reference, exc_info=error)
    st.error(
        f"Something went wrong here. The log has the details under {reference}.",
        icon=":material/error:",
    )


def nothing(sentence: str, hint: str = "") -> None:
    """Say that there is nothing to show, and why."""
    with st.container(border=True):
        st.markdown(f"**{plain(sentence)}**")
        if hint:
            st.caption(plain(hint))


def warning(sentence: str) -> None:
    """Show what people must know before they trust the figures."""
    st.warning(plain(sentence), icon=":material/warning:")
