"""Who may do what in a workspace? One table."""

from typing import Literal

from core.kernel.errors import NotAllowedError

Role = Literal["owner", "editor", "viewer"]
Act = Literal["read", "sync", "connect", "settings", "members", "delete"]

_MAY: dict[str, frozenset[str]] = {
    "owner": frozenset({"read", "sync", "connect", "settings", "members", "delete"}),
    "editor": frozenset({"read", "sync"}),
    "viewer": frozenset({"read"}),
}


def may(role: str, act: str) -> bool:
    """Tell whether a role permits an act; an unknown role permits nothing."""
    return act in _MAY.get(role, frozenset())


def require(role: str, act: Act) -> None:
    """Refuse an act that the role does not permit.

    Raises:
        NotAllowedError: Naming the role.
    """
    if not may(role, act):
        raise NotAllowedError(
            f"Your role in this workspace, {role}, does not permit this.",
            "Ask an owner of the workspace to do it.",
        )
