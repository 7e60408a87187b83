"""How does a stranger prove who he is, or make the first account?

The form and the check of the hash are streamlit-authenticator's `login`;
nothing else of that package is used, least of all its cookie.
"""

import secrets
from typing import Any, Never

import streamlit as st
from streamlit_authenticator import Authenticate
from streamlit_authenticator.controllers import AuthenticationController

from core.accounts import passwords
from core.accounts.users import User
from core.http.session import PRESESSION_COOKIE
from core.kernel.errors import AppError, NotAllowedError, NotSignedInError
from core.services import Services
from core.ui import notices, session_exchange

_LABELS = {
    "Form name": "Sign in",
    "Username": "E-mail",
    "Password": "Password",
    "Login": "Sign in",
}
_SECRET = secrets.token_hex(32)
_LEFTOVERS = ("name", "authentication_status", "username", "email", "roles", "logout")


class _Check(AuthenticationController):  # type: ignore[misc]
    """The package's check of one password, with what it lacks before it."""

    def __init__(self, services: Services) -> None:
        super().__init__({"usernames": {}}, auto_hash=False, secret_key=_SECRET)
        self._services = services
        self.user: User | None = None
        self.refusal: AppError | None = None

    def login(
        self,
        username: str | None = None,
        password: str | None = None,
        *_: Any,
        **__: Any,
    ) -> bool:
        """Check what was typed; say the same whatever is wrong with it."""
        email, typed = username or "", password or ""
        address = visitor_address(self._services)
        try:
            self._services.throttle.attempt(email, address)
            if not self._matches(email, typed):
                raise NotSignedInError(
                    "The e-mail or the password is not right.", "Try again."
                )
            self.user = self._services.users.by_email(email)
            self._services.throttle.succeeded(email, address)
        except AppError as refusal:
            self.refusal = refusal
        return self.user is not None

    def _matches(self, email: str, password: str) -> bool:
        if not passwords.can_be_checked(password):
            email, password = "", "-"
        self.authentication_model.credentials = self._services.users.credentials(email)
        with passwords.turn:
            return bool(super().login(email, password))


class _NoCookie:
    """Stands where the package keeps its own cookie, which scripts can read."""

    def get_cookie(self) -> None:
        """Know nobody."""

    def set_cookie(self) -> None:
        """Remember nobody."""


class _Form(Authenticate):  # type: ignore[misc]
    """The package's form, without the parts that its constructor brings."""

    def __init__(self, check: _Check) -> None:
        self.attrs = {"login_sleep_time": 0}
        self.path = None
        self.secret_key = _SECRET
        self.cookie_controller = _NoCookie()
        self.authentication_controller = check


def draw(services: Services) -> None:
    """Draw what a stranger sees: the sign-in form, or the first account's."""
    with st.container(horizontal_alignment="center"), st.container(width=420):
        st.title("Stockener")
        try:
            if services.first_account.is_open():
                _draw_first_account(services)
            else:
                _draw_sign_in(services)
        except AppError as refusal:
            notices.refused(refusal)


def visitor_address(services: Services) -> str:
    """Return where the visitor is, as far as it can be believed."""
    seen = st.context.ip_address or "127.0.0.1"
    if seen == services.settings.trusted_proxy:
        told = st.context.headers.get("X-Forwarded-For", "")
        return told.rpartition(",")[2].strip() or seen
    return seen


def _draw_sign_in(services: Services) -> None:
    check = _Check(services)
    _Form(check).login(fields=_LABELS)
    for name in _LEFTOVERS:
        st.session_state.pop(name, None)
    if check.refusal is not None:
        raise check.refusal
    if check.user is not None:
        _admit(services, check.user)


def _draw_first_account(services: Services) -> None:
    headers = st.context.headers.to_dict()
    address = st.context.ip_address
    needs_code = services.first_account.requires_code(headers, address)
    with st.form("first_account"):
        st.subheader("Create your account")
        st.caption("It is the first one here and runs this instance.")
        name = st.text_input("Name", autocomplete="name")
        email = st.text_input("E-mail", autocomplete="username")
        password = st.text_input(
            "Password",
            type="password",
            autocomplete="new-password",
            help=f"At least {passwords.MIN_CHARACTERS} characters.",
        )
        code = ""
        if needs_code:
            code = st.text_input("Code that the server printed at its start")
        if not st.form_submit_button("Create account", type="primary"):
            return
    if needs_code:
        services.throttle.attempt("first account", visitor_address(services))
    user = services.first_account.create(
        email, password, name, headers=headers, address=address, code=code
    )
    services.audit.record("account.first", actor=f"user:{user.user_id}")
    _admit(services, user)


def _admit(services: Services, user: User) -> Never:
    presession = st.context.cookies.get(PRESESSION_COOKIE)
    if not presession:
        raise NotAllowedError(
            "Your browser keeps no cookies for this site.",
            "Allow them, reload the page and sign in again.",
        )
    session_exchange.sign_in(services.sessions.issue_ticket(user.user_id, presession))
    st.stop()
