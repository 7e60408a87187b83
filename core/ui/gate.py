"""Who is looking at this page, and at which workspace?

Every page passes here first, at every run. A stranger gets the sign-in form
and nothing else; the rest of the page does not run.
"""

from dataclasses import dataclass

import streamlit as st

from core.accounts.sessions import Session
from core.accounts.users import User
from core.accounts.workspaces import Workspace
from core.http import session as cookies
from core.kernel.errors import NotFoundError
from core.services import Services, current
from core.ui import session_exchange, sign_in

WORKSPACE = "workspace"
"""The name of the choice, in the address and in the session's state."""
_LEAVING = "gate_leaving"
_HOLDER = "gate_holder"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in.

    Attributes:
        workspace: The one that is looked at; None while there is none.
        workspaces: All that this person may look at.
    """

    user: User
    session: Session
    workspace: Workspace | None
    workspaces: tuple[Workspace, ...]

    @property
    def role(self) -> str:
        """Return the role in the workspace, empty when there is none."""
        return self.workspace.role if self.workspace else ""


def enter() -> Visitor:
    """Return the visitor; for a stranger draw the sign-in form and stop.

    Raises:
        NotFoundError: The address names a workspace that is not there, or
            not this person's to know about.
    """
    services = current()
    if st.session_state.get(_LEAVING):
        session_exchange.sign_out()
        st.stop()
    session = _session(services)
    if session is None:
        _forget_the_last_one()
        sign_in.draw(services)
        st.stop()
    st.session_state[_HOLDER] = session.session_id
    owned = tuple(services.workspaces.list_for(session.user.user_id))
    return Visitor(session.user, session, _chosen(owned), owned)


def is_signed_in() -> bool:
    """Tell whether the visitor of this run is signed in."""
    return not st.session_state.get(_LEAVING) and _session(current()) is not None


def recheck() -> None:
    """Run the whole page again when the session has ended.

    A fragment runs without its page: one that runs by itself asks first.
    """
    if not is_signed_in():
        st.rerun(scope="app")


def choose(name: str) -> None:
    """Look at another workspace from the next run on."""
    st.session_state[WORKSPACE] = name
    st.query_params[WORKSPACE] = name


def sign_out() -> None:
    """End this browser's session; a callback for a button."""
    cookies.end_session(current(), _token())
    st.session_state[_LEAVING] = True


def _session(services: Services) -> Session | None:
    token = _token()
    return services.sessions.check(token) if token else None


def _token() -> str:
    return cookies.token_of(st.context.cookies.to_dict())


def _forget_the_last_one() -> None:
    # The stream of a session that ended while its page was open: what it
    # chose and typed is not the next one's to see.
    if _HOLDER in st.session_state:
        st.session_state.clear()


def _chosen(owned: tuple[Workspace, ...]) -> Workspace | None:
    asked = st.query_params.get(WORKSPACE)
    remembered = st.session_state.get(WORKSPACE)
    for workspace in owned:
        if workspace.name == (asked or remembered):
            st.session_state[WORKSPACE] = workspace.name
            return workspace
    if asked:
        raise NotFoundError(
            "There is no workspace of this name, or it is not yours.",
            "Choose one of yours.",
        )
    return owned[0] if owned else None
