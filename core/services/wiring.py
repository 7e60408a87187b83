"""Which real parts make this instance?"""

import threading
from collections.abc import Sequence

from sqlalchemy import Engine

from core.accounts.audit import Audit
from core.accounts.connections import Connection, Connections
from core.accounts.first_account import FirstAccount
from core.accounts.sessions import Sessions
from core.accounts.throttle import Throttle
from core.accounts.users import User, Users
from core.accounts.vault import Vault, open_vault
from core.accounts.workspaces import Workspace, Workspaces
from core.database.control import open_control
from core.database.workspaces import Lock, OpenWorkspaces, hold
from core.kernel.clock import Clock, SystemClock
from core.kernel.errors import InputError
from core.kernel.rotation import open_keyring
from core.kernel.settings import Settings
from core.services.fetching import fetching
from core.services.sellers import Sellers
from core.services.sync_job import SyncJob
from core.services.syncs import Syncs
from core.spapi.limits import Limits
from core.sync.plan import check_since
from core.sync.source import chosen


class Services:
    """The parts of one instance, wired together.

    Args:
        settings: What the operator decided.
        lock: Held on the data folder until `close`.
    """

    def __init__(self, settings: Settings, lock: Lock) -> None:
        self._lock = lock
        self.settings = settings
        self.clock: Clock = SystemClock(settings.now)
        self.keyring = open_keyring(settings)
        self.control: Engine = open_control(settings.data_dir)
        self.vault: Vault = open_vault(self.control, self.keyring)
        parts = (self.control, self.vault, self.clock)
        self.audit = Audit(*parts)
        self.users = Users(*parts)
        self.sessions = Sessions(self.control, self.vault, self.users, self.clock)
        self.throttle = Throttle(self.clock)
        self.first_account = FirstAccount(settings, self.users)
        self.open_workspaces = OpenWorkspaces(
            settings.data_dir, self.vault.workspace_key, self.clock
        )
        self.workspaces = Workspaces(*parts, self.open_workspaces.create)
        self.connections = Connections(*parts)
        self.limits = Limits(self.clock)
        self.syncs = Syncs(self.control, self.clock)
        self.sellers = Sellers(
            settings, self.connections, self.workspaces, self.limits, self.clock
        )

    def connect(
        self,
        workspace: Workspace,
        *,
        region: str,
        seller_id: str,
        refresh_token: str,
        actor: str,
    ) -> Connection:
        """Connect a seller account, once Amazon has accepted its token.

        Raises:
            SpApiError: Amazon does not accept it; nothing is stored.
            InputError: The region or the seller id cannot be used.
        """
        made = self.sellers.connect(workspace, region, seller_id, refresh_token)
        mine = workspace.workspace_id
        self.audit.record(
            "connection.add", actor=actor, workspace_id=mine, detail=region
        )
        return made

    def prepare_demo(self) -> None:
        """Start the demo's seller in the background, before anybody clicks."""
        self.sellers.prepare_demo()

    def start_demo(self, user: User) -> Workspace:
        """Return the demo workspace of a person, made and connected if need be."""
        mine = [w for w in self.workspaces.list_for(user.user_id) if w.is_demo]
        workspace = mine[0] if mine else self._add_demo(user)
        self.sellers.connect_demo(workspace)
        return workspace

    def sync_now(
        self,
        workspace_id: str,
        datasets: Sequence[str] | None = None,
        since: int | None = None,
        *,
        actor: str = "system",
    ) -> SyncJob:
        """Start a sync, or return the one that is running.

        Args:
            workspace_id: Whose figures are fetched.
            datasets: None means all.
            since: Days back from today; None goes on where the last one ended.
            actor: Who asked for it.

        Raises:
            InputError: Nothing is connected, or `since` reaches beyond the
                retention.
        """
        workspace = self.workspaces.get(workspace_id)
        chosen(datasets)
        check_since(self.clock.today(), since, workspace.retention_months)
        if workspace.is_demo:
            self.sellers.connect_demo(workspace)
        connections = self.connections.list_for(workspace_id)
        if not connections:
            raise InputError(
                "This workspace is not connected to a seller account.",
                f"Connect it with: python -m core connect {workspace.name}",
            )
        db = self.open_workspaces.get(workspace_id)
        fetch = fetching(db, workspace, self.sellers, connections, (datasets, since))
        return self.syncs.start(workspace_id, connections, fetch, actor=actor)

    def close(self) -> None:
        """Stop what is running and release every file."""
        self.syncs.close()
        self.sellers.close()
        self.open_workspaces.close_all()
        self.control.dispose()
        self._lock.release()

    def _add_demo(self, user: User) -> Workspace:
        taken = {workspace.name for workspace in self.workspaces.all()}
        names = ["demo", *(f"demo-{number}" for number in range(2, len(taken) + 3))]
        workspace = self.workspaces.add(
            next(name for name in names if name not in taken),
            owner=user,
            title="Demo seller",
            is_demo=True,
        )
        self.audit.record(
            "workspace.add",
            actor=f"user:{user.user_id}",
            workspace_id=workspace.workspace_id,
            detail="demo",
        )
        return workspace


def build(settings: Settings, lock: Lock | None = None) -> Services:
    """Build the instance of a data folder, which nobody else may use meanwhile.

    Args:
        settings: What the operator decided.
        lock: Of `run/app.lock`, when it is held already.

    Raises:
        SettingsError: Something about the settings or a folder is wrong.
        KeyMissingError: Keys and data do not belong together.
        FileBusyError: Another process has the data folder.
    """
    lock = lock or hold(settings.data_dir / "run" / "app.lock")
    try:
        return Services(settings, lock)
    except BaseException:
        lock.release()
        raise


_current: Services | None = None
_building = threading.Lock()


def current() -> Services:
    """Return the one instance of this process, built when first asked for."""
    global _current  # noqa: PLW0603  # one process is one instance
    with _building:
        if _current is None:
            _current = build(Settings.load())
        return _current
