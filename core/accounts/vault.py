"""What is sealed for whom, and under which key?

A person's fields are sealed under that person's key, a workspace's secrets
under the workspace's. Destroying a key erases what it sealed, wherever a
copy may be.
"""

import hmac

from sqlalchemy import Engine, select

from core.database.control import reading
from core.database.control_tables import users
from core.kernel.keys import KeyRing, seal, unseal

_INSTANCE = "instance"


class Vault:
    """Seals and opens what the control database keeps.

    Args:
        keyring: The wrapped keys of this instance.
        instance_key: What lookups and the chain of the audit are keyed with.
    """

    def __init__(self, keyring: KeyRing, instance_key: bytes) -> None:
        self._keyring = keyring
        self._lookup_key = hmac.digest(instance_key, b"lookup", "sha256")
        self._chain_key = hmac.digest(instance_key, b"audit chain", "sha256")

    def lookup(self, text: str) -> bytes:
        """Return the keyed hash by which a sealed text is found again."""
        return hmac.digest(self._lookup_key, text.encode(), "sha256")

    def link(self, previous: str, content: bytes) -> str:
        """Return the next link of the audit's chain, in hexadecimal."""
        text = previous.encode() + b"\n" + content
        return hmac.digest(self._chain_key, text, "sha256").hex()

    def add_person(self, user_id: str) -> None:
        """Make a new person's key."""
        self._keyring.create(f"person-{user_id}")

    def add_workspace(self, workspace_id: str) -> None:
        """Make a new workspace's key."""
        self._keyring.create(f"workspace-{workspace_id}")

    def forget_person(self, user_id: str) -> None:
        """Destroy a person's key."""
        self._keyring.destroy(f"person-{user_id}")

    def forget_workspace(self, workspace_id: str) -> None:
        """Destroy a workspace's key."""
        self._keyring.destroy(f"workspace-{workspace_id}")

    def workspace_key(self, workspace_id: str) -> bytes:
        """Return the key of a workspace's file."""
        return self._keyring.get(f"workspace-{workspace_id}")

    def seal_for_person(self, user_id: str, text: str) -> bytes:
        """Seal a personal field."""
        name = f"person-{user_id}"
        return seal(self._keyring.get(name), text.encode(), name)

    def open_for_person(self, user_id: str, sealed: bytes) -> str:
        """Open a personal field."""
        name = f"person-{user_id}"
        return unseal(self._keyring.get(name), sealed, name).decode()

    def seal_for_workspace(self, workspace_id: str, text: str) -> bytes:
        """Seal a workspace's secret."""
        return seal(self._secrets(workspace_id), text.encode(), _context(workspace_id))

    def open_for_workspace(self, workspace_id: str, sealed: bytes) -> str:
        """Open a workspace's secret."""
        key = self._secrets(workspace_id)
        return unseal(key, sealed, _context(workspace_id)).decode()

    def _secrets(self, workspace_id: str) -> bytes:
        # The file is encrypted under the key itself: one key, one use.
        return hmac.digest(self.workspace_key(workspace_id), b"secrets", "sha256")


def open_vault(control: Engine, keyring: KeyRing) -> Vault:
    """Return the vault of an instance, its key made when it is new.

    Raises:
        KeyMissingError: There are people, but their instance key is gone, or
            the master key is another one.
    """
    with reading(control) as connection:
        is_in_use = connection.execute(select(users.c.user_id).limit(1)).first()
    if is_in_use:
        return Vault(keyring, keyring.get(_INSTANCE))
    return Vault(keyring, keyring.get_or_create(_INSTANCE))


def _context(workspace_id: str) -> str:
    return f"workspace-{workspace_id}"
