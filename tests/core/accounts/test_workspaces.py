from pathlib import Path

import pytest

from core.accounts.workspaces import Workspaces
from core.kernel.errors import InputError, NotFoundError
from tests.building.accounts import Accounts


def test_the_owner_is_a_member_and_finds_it(accounts: Accounts) -> None:
    made = accounts.workspace("shop", title="My  Shop", home="gb")
    assert made.home == "UK"
    assert made.title == "My Shop"
    assert made.retention_months == 18
    assert accounts.files == [made.workspace_id]
    ann = accounts.ann()
    assert accounts.workspaces.list_for(ann.user_id) == [made]
    assert accounts.workspaces.resolve(ann.user_id, "shop") == made
    assert accounts.workspaces.by_name("shop").workspace_id == made.workspace_id


def test_foreign_and_unknown_are_the_same_answer(accounts: Accounts) -> None:
    accounts.workspace("shop")
    bob = accounts.member("bob")
    said = []
    for name in ("shop", "nothing"):
        with pytest.raises(NotFoundError) as refused:
            accounts.workspaces.resolve(bob.user_id, name)
        said.append(str(refused.value))
    assert said[0] == said[1]
    assert accounts.workspaces.list_for(bob.user_id) == []


def test_running_the_instance_shows_no_sellers_figures(accounts: Accounts) -> None:
    ann = accounts.ann()
    accounts.workspaces.add("bobs", owner=accounts.member("bob"))
    with pytest.raises(NotFoundError):
        accounts.workspaces.resolve(ann.user_id, "bobs")


def test_the_home_is_us_until_the_first_marketplace_is_known(
    accounts: Accounts,
) -> None:
    made = accounts.workspace("shop")
    assert made.home == "US"
    accounts.workspaces.suggest_home(made.workspace_id, "DE")
    accounts.workspaces.suggest_home(made.workspace_id, "JP")
    assert accounts.workspaces.by_name("shop").home == "DE"


def test_a_home_that_was_chosen_stays(accounts: Accounts) -> None:
    made = accounts.workspace("shop", home="US")
    accounts.workspaces.suggest_home(made.workspace_id, "DE")
    assert accounts.workspaces.get(made.workspace_id).home == "US"


@pytest.mark.parametrize("name", ["", "Shop", "a b", "x" * 41, "../x", "ä", "a\n"])
def test_a_name_that_cannot_stand_in_an_address_is_refused(
    accounts: Accounts, name: str
) -> None:
    with pytest.raises(InputError, match="cannot name a workspace"):
        accounts.workspace(name)


@pytest.mark.parametrize(
    "facts", [{"home": "XX"}, {"retention_months": 2}, {"retention_months": 19}]
)
def test_a_refused_workspace_leaves_nothing(
    accounts: Accounts, facts: dict[str, object]
) -> None:
    with pytest.raises(InputError):
        accounts.workspace("shop", **facts)
    assert nothing_is_left(accounts)


def test_a_workspace_whose_file_cannot_be_made_is_not_there(
    accounts: Accounts,
) -> None:
    def fails(_workspace_id: str) -> None:
        message = "the disk is full"
        raise OSError(message)

    broken = Workspaces(accounts.control, accounts.vault, accounts.clock, fails)
    with pytest.raises(OSError, match="full"):
        broken.add("shop", owner=accounts.ann())
    assert nothing_is_left(accounts)


def test_a_name_is_given_once(accounts: Accounts) -> None:
    accounts.workspace("shop")
    with pytest.raises(InputError, match="already"):
        accounts.workspace("shop")
    assert len(accounts.files) == 1
    assert len(list(keys(accounts))) == 1


def test_a_title_cannot_be_read_from_the_files(accounts: Accounts) -> None:
    accounts.workspace("shop", title="Findable Trading GmbH")
    for path in accounts.folder.rglob("*"):
        if path.is_file():
            assert b"Findable" not in path.read_bytes(), path


def keys(accounts: Accounts) -> list[Path]:
    return list(accounts.folder.glob("keys/workspace-*"))


def nothing_is_left(accounts: Accounts) -> bool:
    return not accounts.workspaces.all() and not keys(accounts)
