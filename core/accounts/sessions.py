"""Who is signed in, and since when?

After the password a ticket is handed out, valid once and for seconds, and
exchanged for a session token that only a cookie carries. The database keeps
hashes of both. Sessions live by the real clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, delete, insert, or_, select, update

from core.accounts.users import User, Users
from core.accounts.vault import Vault
from core.database.control import reading, writing
from core.database.control_tables import sessions, tickets
from core.kernel.clock import Clock
from core.kernel.errors import NotSignedInError
from core.kernel.ids import fingerprint, new_id, new_token

TICKET_LIFE = timedelta(seconds=30)
IDLE = timedelta(hours=8)
LIFE = timedelta(days=7)
# A page asks many times a minute: the row is touched once in that.
_TOUCH_EVERY = timedelta(minutes=1)
_MAX_USER_AGENT = 200


@dataclass(frozen=True, slots=True)
class Session:
    """One browser in which somebody is signed in.

    Attributes:
        session_id: Names it without opening it.
        expires_at: When it ends however busy it is.
    """

    session_id: str
    user: User
    created_at: datetime
    expires_at: datetime


class Sessions:
    """The tickets and sessions of one instance.

    Args:
        control: The control database.
        vault: Seals what browsers say of themselves.
        users: The people.
        clock: The real clock is asked.
    """

    def __init__(
        self, control: Engine, vault: Vault, users: Users, clock: Clock
    ) -> None:
        self._control = control
        self._vault = vault
        self._users = users
        self._clock = clock

    def issue_ticket(self, user_id: str, presession: str) -> str:
        """Return a ticket that only the holder of a pre-session cookie can use."""
        ticket = new_token()
        now = self._clock.instant()
        row = {
            "ticket_hash": fingerprint(ticket),
            "user_id": user_id,
            "presession_hash": fingerprint(presession),
            "expires_at": now + TICKET_LIFE,
        }
        with writing(self._control) as connection:
            connection.execute(delete(tickets).where(tickets.c.expires_at <= now))
            connection.execute(insert(tickets).values(row))
        return ticket

    def redeem_ticket(self, ticket: str, presession: str, user_agent: str = "") -> str:
        """Exchange a ticket for a session token; it cannot be used again.

        Raises:
            NotSignedInError: It is unknown, used, too old, or was given to
                another browser.
        """
        now = self._clock.instant()
        mine = tickets.c.ticket_hash == fingerprint(ticket)
        with writing(self._control) as connection:
            found = connection.execute(select(tickets).where(mine)).first()
            connection.execute(delete(tickets).where(mine))
        if (
            found is None
            or found.expires_at <= now
            or found.presession_hash != fingerprint(presession)
        ):
            raise NotSignedInError("Signing in took too long.", "Sign in again.")
        return self._open(found.user_id, user_agent)

    def check(self, token: str) -> Session | None:
        """Return the session of a token, None when it is unknown or over."""
        row = self._find(token)
        if row is None:
            return None
        now = self._clock.instant()
        if now >= row.expires_at or now - row.last_used_at >= IDLE:
            self.end(token)
            return None
        if now - row.last_used_at >= _TOUCH_EVERY:
            mine = sessions.c.token_hash == row.token_hash
            with writing(self._control) as connection:
                connection.execute(
                    update(sessions).where(mine).values(last_used_at=now)
                )
        user = self._users.get(row.user_id)
        return Session(row.session_id, user, row.created_at, row.expires_at)

    def end(self, token: str) -> None:
        """Sign one browser out."""
        with writing(self._control) as connection:
            connection.execute(
                delete(sessions).where(sessions.c.token_hash == fingerprint(token))
            )

    def end_all(self, user_id: str) -> None:
        """Sign a person out everywhere, tickets on their way included."""
        with writing(self._control) as connection:
            connection.execute(delete(sessions).where(sessions.c.user_id == user_id))
            connection.execute(delete(tickets).where(tickets.c.user_id == user_id))

    def _find(self, token: str) -> Row[Any] | None:
        query = select(sessions).where(sessions.c.token_hash == fingerprint(token))
        with reading(self._control) as connection:
            return connection.execute(query).first()

    def _open(self, user_id: str, user_agent: str) -> str:
        token = new_token()
        now = self._clock.instant()
        agent = user_agent[:_MAX_USER_AGENT]
        row = {
            "token_hash": fingerprint(token),
            "session_id": new_id(),
            "user_id": user_id,
            "created_at": now,
            "last_used_at": now,
            "expires_at": now + LIFE,
            "user_agent_sealed": self._vault.seal_for_person(user_id, agent),
        }
        over = or_(sessions.c.expires_at <= now, sessions.c.last_used_at <= now - IDLE)
        with writing(self._control) as connection:
            connection.execute(delete(sessions).where(over))
            connection.execute(insert(sessions).values(row))
        return token
