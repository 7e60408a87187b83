import pytest

from core.accounts.roles import may, require
from core.kernel.errors import NotAllowedError


def test_a_viewer_only_reads() -> None:
    acts = ("read", "sync", "connect", "settings", "members", "delete")
    assert [act for act in acts if may("viewer", act)] == ["read"]
    assert [act for act in acts if may("editor", act)] == ["read", "sync"]
    assert all(may("owner", act) for act in acts)


def test_an_unknown_role_or_act_permits_nothing() -> None:
    assert not may("", "read")
    assert not may("owner", "fly")


def test_a_refusal_names_the_role() -> None:
    require("editor", "sync")
    with pytest.raises(NotAllowedError, match="viewer"):
        require("viewer", "sync")
