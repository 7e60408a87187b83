"""Which workspaces are there, and whose are they?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, Select, func, insert, select, update

from core.accounts.roles import Role
from core.accounts.users import User
from core.accounts.vault import Vault
from core.database.control import reading, writing
from core.database.control_tables import memberships, workspaces
from core.kernel.clock import Clock
from core.kernel.errors import InputError, NotFoundError
from core.kernel.ids import is_workspace_name, new_id
from core.kernel.marketplaces import marketplace

SHORTEST_RETENTION = 3
LONGEST_RETENTION = 18
"""Months: what Amazon's policy allows without more ado."""

_DEFAULT_HOME = "US"
_MAX_TITLE = 100


@dataclass(frozen=True, slots=True)
class Workspace:
    """One seller's figures, shared by the members.

    Attributes:
        name: Stands in addresses and commands.
        title: What people see; free text.
        home: The code of the marketplace that is meant when none is named.
        retention_months: None keeps figures while the workspace is active.
        role: Of the person who asked; empty when no person did.
    """

    workspace_id: str
    name: str
    title: str
    home: str
    is_demo: bool
    retention_months: int | None
    role: str = ""


class Workspaces:
    """The workspaces of one instance.

    Args:
        control: The control database.
        vault: Makes their keys.
        clock: Says when they were made.
        make_file: Makes the encrypted file of a new one.
    """

    def __init__(
        self,
        control: Engine,
        vault: Vault,
        clock: Clock,
        make_file: Callable[[str], None],
    ) -> None:
        self._control = control
        self._vault = vault
        self._clock = clock
        self._make_file = make_file

    def add(
        self,
        name: str,
        *,
        owner: User,
        title: str = "",
        home: str | None = None,
        is_demo: bool = False,
        retention_months: int | None = LONGEST_RETENTION,
    ) -> Workspace:
        """Make a workspace with its key and its file, or nothing at all.

        Args:
            name: Small letters, digits and hyphens; unique in the instance.
            owner: Becomes its first member.
            title: The name if empty.
            home: None takes the first marketplace that is connected.
            is_demo: Its seller is the double's.
            retention_months: None once the owner accepted Amazon's policy.

        Raises:
            InputError: The name, the marketplace or the months cannot be used.
        """
        _require_name(name)
        _require_retention(retention_months)
        code = None if home is None else marketplace(home).code
        made = Workspace(
            new_id(),
            name,
            _tidy(title) or name,
            code or _DEFAULT_HOME,
            is_demo,
            retention_months,
            "owner",
        )
        self._make(made, code, owner)
        return made

    def by_name(self, name: str) -> Workspace:
        """Return a workspace, whoever asks.

        Raises:
            NotFoundError: There is none of this name.
        """
        query = select(workspaces).where(workspaces.c.name == name)
        return self._one(query)

    def get(self, workspace_id: str) -> Workspace:
        """Return a workspace, whoever asks.

        Raises:
            NotFoundError: It is gone.
        """
        mine = workspaces.c.workspace_id == workspace_id
        return self._one(select(workspaces).where(mine))

    def all(self) -> list[Workspace]:
        """Return every workspace of the instance, by name."""
        return self._many(select(workspaces).order_by(workspaces.c.name))

    def list_for(self, user_id: str) -> list[Workspace]:
        """Return the workspaces of which a person is a member, by name."""
        return self._many(_of_member(user_id).order_by(workspaces.c.name))

    def resolve(self, user_id: str, name: str) -> Workspace:
        """Return a workspace of which a person is a member.

        Raises:
            NotFoundError: It is foreign or unknown: which, is not said.
        """
        return self._one(_of_member(user_id).where(workspaces.c.name == name))

    def oldest_demo(self) -> datetime | None:
        """Return when the calendar had it that the first demo was made."""
        query = select(func.min(workspaces.c.created_at)).where(workspaces.c.is_demo)
        with reading(self._control) as connection:
            made: datetime | None = connection.execute(query).scalar_one()
        return made

    def suggest_home(self, workspace_id: str, code: str) -> None:
        """Take a marketplace as home where nobody chose one."""
        mine = workspaces.c.workspace_id == workspace_id
        with writing(self._control) as connection:
            connection.execute(
                update(workspaces)
                .where(mine, workspaces.c.home.is_(None))
                .values(home=marketplace(code).code)
            )

    def _make(self, made: Workspace, home: str | None, owner: User) -> None:
        self._vault.add_workspace(made.workspace_id)
        try:
            self._insert(made, home, owner)
        except BaseException:
            self._vault.forget_workspace(made.workspace_id)
            raise

    def _insert(self, made: Workspace, home: str | None, owner: User) -> None:
        row = {
            "workspace_id": made.workspace_id,
            "name": made.name,
            "title_sealed": self._vault.seal_for_workspace(
                made.workspace_id, made.title
            ),
            "home": home,
            "is_demo": made.is_demo,
            "retention_months": made.retention_months,
            # The calendar's: what a demo's seller did goes by it.
            "created_at": self._clock.now(),
        }
        member = {
            "workspace_id": made.workspace_id,
            "user_id": owner.user_id,
            "role": _OWNER,
            "created_at": self._clock.instant(),
        }
        same = select(workspaces.c.name).where(workspaces.c.name == made.name)
        with writing(self._control) as connection:
            if connection.execute(same).first():
                raise InputError(
                    f"There is a workspace “{made.name}” already.",
                    "Choose another name.",
                )
            # The file first: a row without one would be half a workspace.
            self._make_file(made.workspace_id)
            connection.execute(insert(workspaces).values(row))
            connection.execute(insert(memberships).values(member))

    def _one(self, query: Select[Any]) -> Workspace:
        found = self._many(query)
        if not found:
            raise NotFoundError(
                "There is no such workspace.", "Check the name of the workspace."
            )
        return found[0]

    def _many(self, query: Select[Any]) -> list[Workspace]:
        with reading(self._control) as connection:
            return [self._workspace(row) for row in connection.execute(query)]

    def _workspace(self, row: Row[Any]) -> Workspace:
        return Workspace(
            row.workspace_id,
            row.name,
            self._vault.open_for_workspace(row.workspace_id, row.title_sealed),
            row.home or _DEFAULT_HOME,
            row.is_demo,
            row.retention_months,
            getattr(row, "role", ""),
        )


_OWNER: Role = "owner"


def _of_member(user_id: str) -> Select[Any]:
    return (
        select(workspaces, memberships.c.role)
        .join(memberships)
        .where(memberships.c.user_id == user_id)
    )


def _tidy(title: str) -> str:
    return " ".join(title.split())[:_MAX_TITLE]


def _require_name(name: str) -> None:
    if not is_workspace_name(name):
        raise InputError(
            f"“{name[:60]}” cannot name a workspace.",
            "Use 1 to 40 small letters, digits and hyphens.",
        )


def _require_retention(months: int | None) -> None:
    if months is not None and not SHORTEST_RETENTION <= months <= LONGEST_RETENTION:
        raise InputError(
            f"Figures cannot be kept for {months} months.",
            f"Choose {SHORTEST_RETENTION} to {LONGEST_RETENTION} months, or “active”.",
        )
