from datetime import timedelta

import pytest

from core.accounts.sessions import IDLE, LIFE, TICKET_LIFE
from core.kernel.errors import NotSignedInError
from tests.building.accounts import Accounts


def signed_in(accounts: Accounts) -> str:
    ticket = accounts.sessions.issue_ticket(accounts.ann().user_id, "cookie")
    return accounts.sessions.redeem_ticket(ticket, "cookie", "Firefox")


def pass_time(accounts: Accounts, time: timedelta) -> None:
    accounts.clock.pass_time(time.total_seconds())


def test_a_ticket_becomes_a_session(accounts: Accounts) -> None:
    session = accounts.sessions.check(signed_in(accounts))
    assert session is not None
    assert session.user == accounts.ann()
    assert session.expires_at - session.created_at == LIFE


def test_a_ticket_works_once(accounts: Accounts) -> None:
    ticket = accounts.sessions.issue_ticket(accounts.ann().user_id, "cookie")
    accounts.sessions.redeem_ticket(ticket, "cookie", "")
    with pytest.raises(NotSignedInError):
        accounts.sessions.redeem_ticket(ticket, "cookie", "")


def test_a_ticket_of_another_browser_is_refused_and_spent(accounts: Accounts) -> None:
    ticket = accounts.sessions.issue_ticket(accounts.ann().user_id, "cookie")
    with pytest.raises(NotSignedInError):
        accounts.sessions.redeem_ticket(ticket, "another", "")
    with pytest.raises(NotSignedInError):
        accounts.sessions.redeem_ticket(ticket, "cookie", "")


def test_a_ticket_is_good_for_30_seconds(accounts: Accounts) -> None:
    ticket = accounts.sessions.issue_ticket(accounts.ann().user_id, "cookie")
    pass_time(accounts, TICKET_LIFE)
    with pytest.raises(NotSignedInError):
        accounts.sessions.redeem_ticket(ticket, "cookie", "")


def test_a_session_that_is_used_goes_on_for_seven_days(accounts: Accounts) -> None:
    token = signed_in(accounts)
    for _ in range(23):
        pass_time(accounts, timedelta(hours=7))
        assert accounts.sessions.check(token)
    pass_time(accounts, timedelta(hours=7))
    assert accounts.sessions.check(token) is None


def test_a_session_that_rests_for_eight_hours_is_over(accounts: Accounts) -> None:
    token = signed_in(accounts)
    pass_time(accounts, IDLE - timedelta(seconds=1))
    assert accounts.sessions.check(token)
    pass_time(accounts, IDLE)
    assert accounts.sessions.check(token) is None
    assert accounts.sessions.check(token) is None


def test_signing_out_ends_one_browser_and_everywhere_ends_all(
    accounts: Accounts,
) -> None:
    here, there = signed_in(accounts), signed_in(accounts)
    ticket = accounts.sessions.issue_ticket(accounts.ann().user_id, "cookie")
    accounts.sessions.end(here)
    assert accounts.sessions.check(here) is None
    assert accounts.sessions.check(there)
    accounts.sessions.end_all(accounts.ann().user_id)
    assert accounts.sessions.check(there) is None
    with pytest.raises(NotSignedInError):
        accounts.sessions.redeem_ticket(ticket, "cookie", "")


def test_a_token_that_nobody_was_given_opens_nothing(accounts: Accounts) -> None:
    signed_in(accounts)
    assert accounts.sessions.check("") is None
    assert accounts.sessions.check("x" * 43) is None


def test_neither_token_nor_ticket_nor_browser_can_be_read_from_the_files(
    accounts: Accounts,
) -> None:
    token = signed_in(accounts)
    ticket = accounts.sessions.issue_ticket(accounts.ann().user_id, "precookie")
    secrets = [token, ticket, "precookie", "Firefox"]
    for path in accounts.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [s for s in secrets if s.encode() in content], path
