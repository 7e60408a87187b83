"""Who has an account?"""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select
from sqlalchemy.exc import IntegrityError

from core.accounts import passwords
from core.accounts.vault import Vault
from core.database.control import reading, writing
from core.database.control_tables import users
from core.kernel.clock import Clock
from core.kernel.errors import InputError, NotFoundError
from core.kernel.ids import new_id

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_MAX_EMAIL = 254
_MAX_NAME = 100
_OPERATOR_SEAT = 1


@dataclass(frozen=True, slots=True)
class User:
    """A person with an account.

    Attributes:
        is_operator: Runs the instance; sees no seller's data by that.
    """

    user_id: str
    email: str
    name: str
    is_operator: bool


class Users:
    """The people of one instance.

    Args:
        control: The control database.
        vault: Seals names and addresses.
        clock: Says when an account was made.
    """

    def __init__(self, control: Engine, vault: Vault, clock: Clock) -> None:
        self._control = control
        self._vault = vault
        self._clock = clock

    def any(self) -> bool:
        """Tell whether somebody has an account."""
        with reading(self._control) as connection:
            return _count(connection) > 0

    def create(
        self, email: str, password: str, name: str = "", *, is_operator: bool = False
    ) -> User:
        """Make an account.

        Args:
            email: Any case of letters.
            password: 12 characters to 72 bytes.
            name: What others call this person; may be empty.
            is_operator: Make the first account. Of two that try at the same
                moment, one succeeds.

        Raises:
            InputError: The address or the password cannot be used, the
                address has an account, or there is an operator already.
        """
        user = User(new_id(), tidy_email(email), _tidy_name(name), is_operator)
        passwords.require_good(password)
        if is_operator and self.any():
            raise _taken()
        password_hash = passwords.hashed(password)
        self._vault.add_person(user.user_id)
        try:
            self._insert(user, password_hash)
        except BaseException:
            self._vault.forget_person(user.user_id)
            raise
        return user

    def by_email(self, email: str) -> User | None:
        """Return the person with an e-mail address, None when nobody has it."""
        found = self._find(email)
        return None if found is None else self._user(found)

    def get(self, user_id: str) -> User:
        """Return a person.

        Raises:
            NotFoundError: The account is gone.
        """
        query = select(users).where(users.c.user_id == user_id)
        with reading(self._control) as connection:
            found = connection.execute(query).first()
        if found is None:
            raise NotFoundError("There is no such account.", "Sign in again.")
        return self._user(found)

    def operator(self) -> User | None:
        """Return the person who runs the instance, None before `init`."""
        query = select(users).where(users.c.operator_seat == _OPERATOR_SEAT)
        with reading(self._control) as connection:
            found = connection.execute(query).first()
        return None if found is None else self._user(found)

    def credentials(self, email: str) -> dict[str, dict[str, dict[str, Any]]]:
        """Return what streamlit-authenticator checks a password against.

        It holds one person; an unknown address gets a hash that nothing
        matches, so that the answer takes as long. Hold `passwords.turn`
        around the check, and call `passwords.can_be_checked` before it.
        """
        found = self._find(email)
        address = email.strip().lower()
        entry: dict[str, Any] = {
            "email": address,
            "name": address,
            "password": passwords.NOBODY if found is None else found.password_hash,
            "logged_in": False,
            "roles": [],
        }
        return {"usernames": {address: entry}}

    def check_password(self, email: str, password: str) -> User | None:
        """Return the person whose password this is, None when it is wrong."""
        found = self._find(email)
        known = passwords.NOBODY if found is None else found.password_hash
        if not passwords.matches(password, known) or found is None:
            return None
        return self._user(found)

    def _find(self, email: str) -> Row[Any] | None:
        lookup = self._vault.lookup(email.strip().lower())
        query = select(users).where(users.c.email_lookup == lookup)
        with reading(self._control) as connection:
            return connection.execute(query).first()

    def _user(self, row: Row[Any]) -> User:
        return User(
            row.user_id,
            self._vault.open_for_person(row.user_id, row.email_sealed),
            self._vault.open_for_person(row.user_id, row.name_sealed),
            row.operator_seat == _OPERATOR_SEAT,
        )

    def _insert(self, user: User, password_hash: str) -> None:
        statement = insert(users).values(
            user_id=user.user_id,
            email_lookup=self._vault.lookup(user.email),
            email_sealed=self._vault.seal_for_person(user.user_id, user.email),
            name_sealed=self._vault.seal_for_person(user.user_id, user.name),
            password_hash=password_hash,
            operator_seat=_OPERATOR_SEAT if user.is_operator else None,
            created_at=self._clock.instant(),
        )
        try:
            with writing(self._control) as connection:
                if user.is_operator and _count(connection):
                    raise _taken()
                connection.execute(statement)
        except IntegrityError as error:
            raise InputError(
                "This e-mail address has an account already.", "Sign in with it."
            ) from error


def tidy_email(email: str) -> str:
    """Return an address as it is stored, in small letters.

    Raises:
        InputError: It is no e-mail address.
    """
    tidy = email.strip().lower()
    if len(tidy) > _MAX_EMAIL or not _EMAIL.fullmatch(tidy) or not tidy.isprintable():
        raise InputError(
            f"“{email[:80]}” is not an e-mail address.",
            "Write it like name@example.com.",
        )
    return tidy


def _tidy_name(name: str) -> str:
    tidy = " ".join(name.split())
    if len(tidy) > _MAX_NAME:
        raise InputError(
            f"The name is longer than {_MAX_NAME} characters.", "Shorten it."
        )
    return tidy


def _count(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(users)) or 0


def _taken() -> InputError:
    return InputError(
        "This instance has its first account already.",
        "Sign in with it, or ask the operator for an invitation.",
    )
