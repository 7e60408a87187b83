import pytest

from core.accounts.connections import Connection, Credentials
from core.kernel.errors import InputError, KeyMissingError
from tests.building.accounts import CREDENTIALS, Accounts


def connect(accounts: Accounts, workspace_id: str, **changes: object) -> Connection:
    facts = {
        "region": "EU",
        "seller_id": "A1SELLER",
        "endpoint": "https://sellingpartnerapi-eu.amazon.com",
        "lwa_endpoint": "https://api.amazon.com",
        "credentials": CREDENTIALS,
    }
    return accounts.connections.add(workspace_id, **{**facts, **changes})


def test_a_connection_gives_back_what_opens_it(accounts: Accounts) -> None:
    shop = accounts.workspace().workspace_id
    made = connect(accounts, shop)
    assert accounts.connections.list_for(shop) == [made]
    assert accounts.connections.credentials(made) == CREDENTIALS
    assert "Atzr" not in repr(CREDENTIALS)


def test_connecting_again_replaces_the_token(accounts: Accounts) -> None:
    shop = accounts.workspace().workspace_id
    made = connect(accounts, shop)
    accounts.connections.set_marketplaces(made.connection_id, ["DE", "FR"])
    again = connect(accounts, shop, credentials=Credentials("Atzr|new", "c", "s"))
    assert again.connection_id == made.connection_id
    assert again.marketplaces == ("DE", "FR")
    assert accounts.connections.credentials(again).refresh_token == "Atzr|new"


def test_one_region_may_hold_two_accounts(accounts: Accounts) -> None:
    shop = accounts.workspace().workspace_id
    for seller_id in ("AJAPAN", "AAUSTRALIA"):
        connect(accounts, shop, region="FE", seller_id=seller_id)
    assert len(accounts.connections.list_for(shop)) == 2


def test_secrets_cannot_be_read_from_the_files(accounts: Accounts) -> None:
    connect(accounts, accounts.workspace().workspace_id)
    for path in accounts.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"Atzr" not in content, path
            assert b"amzn1" not in content, path


def test_a_token_is_useless_to_another_workspace(accounts: Accounts) -> None:
    shop, other = accounts.workspace("shop"), accounts.workspace("other")
    sealed = accounts.vault.seal_for_workspace(shop.workspace_id, "Atzr|x")
    with pytest.raises(KeyMissingError):
        accounts.vault.open_for_workspace(other.workspace_id, sealed)


def test_a_demo_has_no_token(accounts: Accounts) -> None:
    shop = accounts.workspace(is_demo=True).workspace_id
    made = connect(accounts, shop, endpoint="", lwa_endpoint="", credentials=None)
    assert made.is_demo
    with pytest.raises(KeyMissingError):
        accounts.connections.credentials(made)


@pytest.mark.parametrize(
    "wrong", [{"region": "XX"}, {"seller_id": ""}, {"seller_id": "A 1"}]
)
def test_what_amazon_does_not_have_is_refused(
    accounts: Accounts, wrong: dict[str, str]
) -> None:
    shop = accounts.workspace().workspace_id
    with pytest.raises(InputError):
        connect(accounts, shop, **wrong)
    assert accounts.connections.list_for(shop) == []
