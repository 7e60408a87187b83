"""Who did what, and when? A record that cannot be changed unnoticed.

Every row carries a keyed hash over itself and the row before it. Names,
addresses and a seller's text have no place in it.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, insert, select

from core.accounts.vault import Vault
from core.database.control import reading, writing
from core.database.control_tables import audit
from core.kernel.clock import Clock

_MAX_DETAIL = 200
_MAX_ACTOR = 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done.

    Attributes:
        actor: `user:<id>`, `cli:<name on the machine>` or `system`.
        act: What was done, such as `workspace.add`.
    """

    number: int
    at: datetime
    actor: str
    act: str
    workspace_id: str | None
    detail: str


class Audit:
    """The record of one instance.

    Args:
        control: The control database.
        vault: Keys the chain.
        clock: The real clock is asked.
    """

    def __init__(self, control: Engine, vault: Vault, clock: Clock) -> None:
        self._control = control
        self._vault = vault
        self._clock = clock

    def record(
        self, act: str, *, actor: str, workspace_id: str | None = None, detail: str = ""
    ) -> None:
        """Write down an act."""
        newest = select(audit).order_by(audit.c.number.desc()).limit(1)
        with writing(self._control) as connection:
            last = connection.execute(newest).first()
            entry = Entry(
                1 if last is None else last.number + 1,
                self._clock.instant(),
                actor[:_MAX_ACTOR],
                act,
                workspace_id,
                detail[:_MAX_DETAIL],
            )
            chain = self._vault.link("" if last is None else last.chain, _bytes(entry))
            row = {
                "number": entry.number,
                "at": entry.at,
                "actor": entry.actor,
                "act": entry.act,
                "workspace_id": entry.workspace_id,
                "detail": entry.detail,
                "chain": chain,
            }
            connection.execute(insert(audit).values(row))

    def entries(self, workspace_id: str | None = None) -> list[Entry]:
        """Return what was done, oldest first, in one workspace or everywhere."""
        query = select(audit).order_by(audit.c.number)
        if workspace_id is not None:
            query = query.where(audit.c.workspace_id == workspace_id)
        with reading(self._control) as connection:
            return [Entry(*row[:6]) for row in connection.execute(query)]

    def is_intact(self) -> bool:
        """Tell whether every row is as it was written and none is missing between."""
        previous, expected = "", 1
        query = select(audit).order_by(audit.c.number)
        with reading(self._control) as connection:
            for row in connection.execute(query):
                link = self._vault.link(previous, _bytes(Entry(*row[:6])))
                if row.number != expected or link != row.chain:
                    return False
                previous, expected = link, expected + 1
        return True


def _bytes(entry: Entry) -> bytes:
    at = entry.at.astimezone(UTC).isoformat()
    fields = [
        entry.number,
        at,
        entry.actor,
        entry.act,
        entry.workspace_id,
        entry.detail,
    ]
    return json.dumps(fields).encode()
