import threading
from pathlib import Path

import bcrypt
import pytest

from core.accounts import passwords
from core.accounts.users import User
from core.kernel.errors import InputError, KeyMissingError, NotFoundError
from tests.building.accounts import EMAIL, PASSWORD, Accounts, accounts_in


def test_a_person_is_found_by_any_spelling_of_the_address(accounts: Accounts) -> None:
    made = accounts.users.create("  Ann@Example.COM ", PASSWORD, "Ann  Smith")
    assert made.email == EMAIL
    assert made.name == "Ann Smith"
    assert accounts.users.by_email("ANN@example.com") == made
    assert accounts.users.get(made.user_id) == made


def test_the_password_opens_the_account_and_no_other_does(accounts: Accounts) -> None:
    ann = accounts.ann()
    assert accounts.users.check_password(EMAIL, PASSWORD) == ann
    assert accounts.users.check_password(EMAIL, PASSWORD + "!") is None
    assert accounts.users.check_password("bob@example.com", PASSWORD) is None
    assert accounts.users.check_password(EMAIL, "x" * 100) is None
    assert accounts.users.check_password(EMAIL, "") is None


def test_nobody_is_there_until_somebody_is(accounts: Accounts) -> None:
    assert not accounts.users.any()
    assert accounts.users.operator() is None
    ann = accounts.ann()
    assert accounts.users.any()
    assert accounts.users.operator() == ann


def test_names_and_addresses_cannot_be_read_from_the_files(accounts: Accounts) -> None:
    accounts.users.create("very.findable@example.com", PASSWORD, "Findable Person")
    for path in accounts.folder.rglob("*"):
        if path.is_file():
            assert b"indable" not in path.read_bytes(), path


def test_a_person_whose_key_is_destroyed_is_unreadable(accounts: Accounts) -> None:
    ann = accounts.ann()
    accounts.vault.forget_person(ann.user_id)
    with pytest.raises(KeyMissingError):
        accounts.users.get(ann.user_id)


def test_an_address_has_one_account(accounts: Accounts) -> None:
    bob = accounts.member("bob")
    before = set(accounts.folder.glob("keys/*"))
    with pytest.raises(InputError, match="has an account already"):
        accounts.users.create(bob.email, PASSWORD)
    assert set(accounts.folder.glob("keys/*")) == before


def test_there_is_one_operator(accounts: Accounts) -> None:
    accounts.ann()
    with pytest.raises(InputError, match="first account already"):
        accounts.users.create("b@example.com", PASSWORD, is_operator=True)


def test_of_two_first_accounts_at_the_same_moment_one_is_made(tmp_path: Path) -> None:
    made: list[User] = []
    refused: list[InputError] = []
    start = threading.Barrier(4)
    with accounts_in(tmp_path) as accounts:

        def race(number: int) -> None:
            start.wait()
            try:
                email = f"p{number}@example.com"
                made.append(accounts.users.create(email, PASSWORD, is_operator=True))
            except InputError as error:
                refused.append(error)

        threads = [threading.Thread(target=race, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(made) == 1
        assert len(refused) == 3
        assert len(list(tmp_path.glob("keys/person-*"))) == 1


@pytest.mark.parametrize(
    "email", ["", "ann", "ann@", "@example.com", "a b@example.com", "a@b@c", "a@\0b"]
)
def test_what_is_no_address_is_refused(accounts: Accounts, email: str) -> None:
    with pytest.raises(InputError, match="not an e-mail address"):
        accounts.users.create(email, PASSWORD)


@pytest.mark.parametrize(
    ("password", "reason"),
    [("elevenchars", "shorter"), ("é" * 37, "longer"), ("twelve chars\0", "longer")],
)
def test_a_bad_password_is_refused_with_its_rule(
    accounts: Accounts, password: str, reason: str
) -> None:
    with pytest.raises(InputError, match=reason):
        accounts.users.create(EMAIL, password)
    assert not accounts.users.any()


def test_a_password_may_fill_72_bytes(accounts: Accounts) -> None:
    password = "é" * 36
    accounts.users.create(EMAIL, password)
    assert accounts.users.check_password(EMAIL, password)


def test_the_form_gets_a_hash_of_cost_12_known_or_not(accounts: Accounts) -> None:
    accounts.ann()
    known = accounts.users.credentials(" Ann@example.com")["usernames"][EMAIL]
    assert known["password"].startswith("$2b$12$")
    assert bcrypt.checkpw(PASSWORD.encode(), known["password"].encode())
    stranger = accounts.users.credentials("x@example.com")["usernames"]
    assert stranger["x@example.com"]["password"] == passwords.NOBODY


def test_an_unknown_person_is_not_found(accounts: Accounts) -> None:
    with pytest.raises(NotFoundError):
        accounts.users.get("0" * 32)


def test_a_lost_instance_key_is_said_and_not_replaced(accounts: Accounts) -> None:
    accounts.ann()
    (accounts.folder / "keys/instance.key").unlink()
    with (
        pytest.raises(KeyMissingError, match="instance is missing"),
        accounts_in(accounts.folder),
    ):
        pass
    assert not (accounts.folder / "keys/instance.key").exists()
