"""The application: `streamlit run app.py`."""

import gc
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

import streamlit as st
from starlette.concurrency import run_in_threadpool

from core import control_socket, services
from core.http.routes import middleware, routes
from core.kernel import log
from core.kernel.errors import AppError, SettingsError
from core.kernel.settings import is_loopback
from core.ui import notices

_NO_VISITOR_YET = "streamlit.runtime.scriptrunner_utils.script_run_context"


def build() -> services.Services:
    """Build the instance, or end the program with one sentence and a remedy."""
    log.configure()
    # `show` logs what a page did not catch, with a reference and scrubbed.
    logging.getLogger("streamlit.error_util").disabled = True
    try:
        house = services.current()
        _require_the_address_that_was_said(house)
    except AppError as error:
        sys.exit(str(error))
    return house


def _require_the_address_that_was_said(house: services.Services) -> None:
    address = st.get_option("server.address") or "0.0.0.0"  # noqa: S104
    if not is_loopback(f"//{address}") and not house.settings.is_production:
        house.close()
        raise SettingsError(
            f"The server would listen on {address}, which others can reach, but"
            f" STOCKENER_BIND_ADDRESS says {house.settings.bind_address}.",
            "Say the same address in both places, or leave both at 127.0.0.1.",
        )


def show(error: Exception) -> bool:
    """Show an error that a page did not catch, without its trace."""
    if isinstance(error, AppError):
        notices.refused(error)
    else:
        notices.broken(error)
    return True


def _load_what_pages_are_made_of() -> None:
    # It lives as long as the process: loaded before the first visitor waits
    # for it, and never searched for garbage again.
    warnings = logging.getLogger(_NO_VISITOR_YET)
    warnings.disabled = True
    import_module("core.ui.frame")
    warnings.disabled = False
    gc.freeze()


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Open the channel of the command line, and close everything at the end."""
    if house.first_account.is_open():
        sys.stdout.write(
            "  Nobody has an account yet. From another machine, making the first"
            f" one takes this code: {house.first_account.one_time_code()}\n\n"
        )
        sys.stdout.flush()
    with control_socket.serve(house):
        _load_what_pages_are_made_of()
        yield {}
    await run_in_threadpool(house.close)


house = build()
app = st.App(
    "core/ui/main.py",
    routes=routes(services.current),
    middleware=middleware(services.current),
    lifespan=lifespan,
    on_script_error=show,
)
