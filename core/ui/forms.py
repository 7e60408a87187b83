"""What can a person choose and type, and what happens then?"""

import re

import streamlit as st

from core.accounts import roles
from core.accounts.workspaces import Workspace
from core.kernel.ids import new_id
from core.kernel.marketplaces import BY_CODE, NON_AMAZON
from core.services import current
from core.ui import gate, notices
from core.ui.gate import Visitor
from core.ui.texts import plain

_REGIONS = {
    "NA": "Americas (US, Canada, Mexico)",
    "EU": "Europe (and Türkiye)",
    "FE": "Far East (Japan, Australia)",
}
_TAKEN = "filters_taken_along"
_PAGE = "filters_of_page"
_WHERE_SELLER_ID = (
    "In Seller Central: Settings, Account Info, Merchant Token. It looks like"
    " A1B2C3D4E5F6G7."
)
_WHERE_AUTHORIZED = (
    "In Seller Central: Apps and Services, Develop Apps, the menu beside your"
    " application, Authorize. It begins with Atzr| and is shown once."
)


def filters(workspace: Workspace, page: str) -> dict[str, str]:
    """Draw the filters that all pages share; return them as parameters."""
    known = current().connections.list_for(workspace.workspace_id)
    codes = {code for connection in known for code in connection.marketplaces}
    places = [code for code in BY_CODE if code in codes]
    _take_along(page)
    chosen = st.multiselect(
        "Marketplaces",
        [*places, NON_AMAZON],
        key="marketplace",
        placeholder="All marketplaces",
        help="Stock is shown for the pools that these marketplaces draw from."
        " Non-Amazon is multi-channel fulfilment.",
        bind="query-params",
    )
    search = st.text_input(
        "Search",
        key="search",
        type="search",
        placeholder="SKU, ASIN or title",
        max_chars=100,
        bind="query-params",
    )
    st.session_state[_TAKEN] = {"marketplace": chosen, "search": search}
    found = {"marketplace": ",".join(chosen), "search": (search or "").strip()}
    return {name: value for name, value in found.items() if value}


def _take_along(page: str) -> None:
    """Give the filters of the page before to the one that is opened now.

    Streamlit keeps a page's widgets apart from those of another; an address
    that names a filter stands above what was chosen before.
    """
    if st.session_state.get(_PAGE) == page:
        return
    st.session_state[_PAGE] = page
    for key, value in st.session_state.get(_TAKEN, {}).items():
        if value and key not in st.query_params:
            st.query_params[key] = st.session_state[key] = value


def choose_workspace(visitor: Visitor) -> None:
    """Draw the choice among a person's workspaces, when there is one."""
    mine, here = visitor.workspaces, visitor.workspace
    if here is None or len(mine) < 2:
        return
    key = f"workspace_choice_{here.name}"
    st.selectbox(
        "Workspace",
        [workspace.name for workspace in mine],
        index=mine.index(here),
        format_func=lambda name: next(w.title for w in mine if w.name == name),
        key=key,
        on_change=lambda: gate.choose(st.session_state[key]),
    )


def welcome(visitor: Visitor) -> None:
    """Draw the two ways to begin: an own account, or the demo's seller."""
    current().prepare_demo()
    own, demo = st.columns(2)
    with own.container(border=True, height="stretch"):
        st.subheader("Connect Amazon")
        connect(visitor)
    with demo.container(border=True, height="stretch"):
        st.subheader("Explore a demo seller")
        st.write(
            "A made-up seller with 400 products in nine marketplaces. It is synced"
            " in front of you, the same way as a real account, in about a minute."
            " Nothing leaves this machine."
        )
        if st.button("Explore a demo seller", type="primary", key="demo"):
            with notices.said(), st.spinner("Starting the demo seller …"):
                workspace = current().start_demo(visitor.user)
                _begin(visitor, workspace)


def connect(visitor: Visitor, workspace: Workspace | None = None) -> None:
    """Draw the form that connects a seller account; sync it at once.

    Args:
        visitor: Who connects it.
        workspace: Where to; None makes a new one.
    """
    settings = current().settings
    missing = [
        name
        for name, value in (
            ("STOCKENER_LWA_CLIENT_ID", settings.lwa_client_id),
            ("STOCKENER_LWA_CLIENT_SECRET", settings.lwa_client_secret),
        )
        if not (value if isinstance(value, str) else value.get_secret_value())
    ]
    if missing:
        _say_what_is_missing(missing)
    with st.form("connect", border=False):
        title = "" if workspace else st.text_input("Name of the seller", max_chars=100)
        region = st.selectbox(
            "Region", list(_REGIONS), format_func=lambda code: _REGIONS[code]
        )
        seller_id = st.text_input("Seller id", max_chars=64)
        token = st.text_input("Refresh token", type="password")
        st.caption(f"Seller id – {plain(_WHERE_SELLER_ID)}")
        st.caption(
            f"Refresh token – {plain(_WHERE_AUTHORIZED)} It is stored encrypted."
        )
        sent = st.form_submit_button("Connect", disabled=bool(missing))
    if sent:
        with notices.said(), st.spinner("Asking Amazon …"):
            given = (region or "", seller_id.strip(), token)
            if workspace is None:
                # Nothing is made for an account that Amazon does not open.
                current().sellers.check(*given)
                workspace = _new_workspace(visitor, title)
            _connect(visitor, workspace, *given)


def sync_now(visitor: Visitor, workspace: Workspace) -> None:
    """Draw the button that starts a sync."""
    if st.button("Sync now", type="primary", icon=":material/sync:"):
        with notices.said():
            roles.require(workspace.role, "sync")
            current().sync_now(workspace.workspace_id, actor=_actor(visitor))
        st.rerun()


def _say_what_is_missing(names: list[str]) -> None:
    st.info(
        "This instance has no Amazon application yet. Set"
        f" {plain(' and '.join(names))} in the environment or in .env (from Seller"
        " Central: Develop Apps, View credentials) and start it again.",
        icon=":material/info:",
    )


def _connect(
    visitor: Visitor, workspace: Workspace, region: str, seller_id: str, token: str
) -> None:
    roles.require(workspace.role, "connect")
    current().connect(
        workspace,
        region=region,
        seller_id=seller_id,
        refresh_token=token,
        actor=_actor(visitor),
    )
    _begin(visitor, workspace)


def _new_workspace(visitor: Visitor, title: str) -> Workspace:
    services = current()
    taken = {workspace.name for workspace in services.workspaces.all()}
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:30] or "seller"
    name = slug if slug not in taken else f"{slug}-{new_id()[:6]}"
    made = services.workspaces.add(name, owner=visitor.user, title=title)
    services.audit.record(
        "workspace.add", actor=_actor(visitor), workspace_id=made.workspace_id
    )
    return made


def _begin(visitor: Visitor, workspace: Workspace) -> None:
    current().sync_now(workspace.workspace_id, actor=_actor(visitor))
    gate.choose(workspace.name)
    st.rerun()


def _actor(visitor: Visitor) -> str:
    return f"user:{visitor.user.user_id}"
