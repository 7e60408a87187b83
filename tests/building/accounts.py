"""People, workspaces and connections in a real control database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from core.accounts.audit import Audit
from core.accounts.connections import Connections, Credentials
from core.accounts.sessions import Sessions
from core.accounts.users import User, Users
from core.accounts.vault import Vault, open_vault
from core.accounts.workspaces import Workspace, Workspaces
from core.database.control import FILE_NAME, open_control
from core.kernel.ids import new_id
from core.kernel.keys import KeyRing
from tests.building.simulated_clock import SimulatedClock

PASSWORD = "correct horse battery"
HASH = "$2b$12$QHFMenX8GokYaJCunYZFuu3vjdqSpl9A5xEseC52KyEcOlVyMYRCO"
"""Of that password: hashing takes a quarter of a second."""
EMAIL = "ann@example.com"
MASTER = bytes(range(32))
CREDENTIALS = Credentials("Atzr|refresh", "amzn1.client", "amzn1.oa2-cs.v1.secret")


@dataclass
class Accounts:
    """Everything about accounts in one folder."""

    folder: Path
    clock: SimulatedClock
    keyring: KeyRing
    control: Engine
    vault: Vault
    users: Users
    sessions: Sessions
    workspaces: Workspaces
    connections: Connections
    audit: Audit
    files: list[str]
    """The ids of workspaces whose file was asked for."""

    def ann(self) -> User:
        """Return the operator, made if need be."""
        found = self.users.by_email(EMAIL)
        return found or self._add(User(new_id(), EMAIL, "Ann", is_operator=True))

    def member(self, name: str) -> User:
        """Return a fresh person who is not the operator."""
        email = f"{name}@example.com"
        return self._add(User(new_id(), email, name, is_operator=False))

    def workspace(self, name: str = "shop", **facts: object) -> Workspace:
        """Return a fresh workspace of Ann's."""
        return self.workspaces.add(name, owner=self.ann(), **facts)

    def _add(self, user: User) -> User:
        self.vault.add_person(user.user_id)
        self.users._insert(user, HASH)
        return user


@lru_cache(maxsize=1)
def _empty() -> bytes:
    """Return a control database without anybody: migrating takes its time."""
    with TemporaryDirectory() as folder:
        open_control(Path(folder)).dispose()
        return (Path(folder) / FILE_NAME).read_bytes()


@contextmanager
def accounts_in(folder: Path) -> Iterator[Accounts]:
    """Open the accounts of a folder."""
    clock = SimulatedClock()
    keyring = KeyRing(MASTER, folder / "keys")
    file = folder / "data" / FILE_NAME
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_empty())
    control = open_control(folder / "data")
    files: list[str] = []
    try:
        vault = open_vault(control, keyring)
        users = Users(control, vault, clock)
        yield Accounts(
            folder,
            clock,
            keyring,
            control,
            vault,
            users,
            Sessions(control, vault, users, clock),
            Workspaces(control, vault, clock, files.append),
            Connections(control, vault, clock),
            Audit(control, vault, clock),
            files,
        )
    finally:
        control.dispose()
