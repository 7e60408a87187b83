import pytest

from core.accounts.first_account import FirstAccount
from core.kernel.errors import InputError, NotAllowedError
from core.kernel.settings import Settings
from tests.building.accounts import EMAIL, PASSWORD, Accounts

HERE = {"Host": "127.0.0.1:8501"}


def door(accounts: Accounts, **settings: str) -> FirstAccount:
    return FirstAccount(Settings(_env_file=None, **settings), accounts.users)


def test_on_the_machine_itself_no_code_is_needed(accounts: Accounts) -> None:
    first = door(accounts)
    assert not first.requires_code(HERE, "127.0.0.1")
    assert not first.requires_code({"host": "localhost:8501"}, "::1")
    made = first.create(EMAIL, PASSWORD, headers=HERE)
    assert made.is_operator
    assert not first.is_open()


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({**HERE, "X-Forwarded-For": "203.0.113.5"}, "127.0.0.1"),
        ({**HERE, "Forwarded": "for=127.0.0.1"}, "127.0.0.1"),
        ({**HERE, "x-real-ip": "127.0.0.1"}, "127.0.0.1"),
        (HERE, "192.168.1.7"),
        ({"Host": "stock.example.com"}, "127.0.0.1"),
    ],
)
def test_from_elsewhere_the_code_is_needed(
    accounts: Accounts, headers: dict[str, str], address: str
) -> None:
    first = door(accounts)
    assert first.requires_code(headers, address)
    with pytest.raises(NotAllowedError, match="code"):
        first.create(EMAIL, PASSWORD, headers=headers, address=address)
    with pytest.raises(NotAllowedError, match="code"):
        first.create(EMAIL, PASSWORD, headers=headers, address=address, code="0")
    assert not accounts.users.any()
    code = f" {first.one_time_code()} "
    assert first.create(EMAIL, PASSWORD, headers=headers, code=code).is_operator


def test_an_instance_that_others_reach_always_asks_for_it(accounts: Accounts) -> None:
    first = door(accounts, public_url="https://stock.example.com")
    assert first.requires_code(HERE, "127.0.0.1")


def test_the_code_differs_from_start_to_start(accounts: Accounts) -> None:
    codes = {door(accounts).one_time_code() for _ in range(5)}
    assert len(codes) == 5


def test_the_code_opens_nothing_once_somebody_was_faster(accounts: Accounts) -> None:
    first = door(accounts)
    accounts.ann()
    with pytest.raises(InputError, match="first account already"):
        first.create(
            "b@example.com", PASSWORD, headers=HERE, code=first.one_time_code()
        )
