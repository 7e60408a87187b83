"""Which screens are there, and at which addresses?

Every page is always in the map, so that a deep link survives the sign-in;
what a page shows is decided by the gate that each of them opens first.
"""

from pathlib import Path

import streamlit as st

from core.http.front import ICON
from core.ui import gate

_PAGES = Path(__file__).resolve().parents[2] / "pages"


def _page(name: str, title: str, icon: str, *, is_listed: bool = True) -> st.Page:
    return st.Page(
        _PAGES / f"{name}.py",
        title=title,
        icon=f":material/{icon}:",
        url_path=name,
        visibility="visible" if is_listed else "hidden",
    )


_OVERVIEW = _page("overview", "Overview", "dashboard")


def _first() -> None:
    # The default page of a map has no address of its own but "/".
    st.switch_page(_OVERVIEW, query_params=st.query_params.to_dict())


SITEMAP = {
    "": [
        st.Page(_first, title="Stockener", default=True, visibility="hidden"),
        _OVERVIEW,
        _page("inventory", "Inventory", "inventory_2"),
        _page("velocity", "Velocity", "speed"),
        _page("coverage", "Coverage", "hourglass_bottom"),
        _page("shipments", "Shipments", "local_shipping"),
    ],
    "Workshop": [
        _page("sync", "Sync", "sync"),
        _page("sign_in", "Sign in", "login", is_listed=False),
    ],
}

# Without one of its own a page shows the icon of the map in the browser's tab,
# fetched from another host.
st.set_page_config(page_icon=ICON)
st.navigation(SITEMAP, position="sidebar" if gate.is_signed_in() else "hidden").run()
