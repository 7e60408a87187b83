from sqlalchemy import delete, update

from core.database.control import writing
from core.database.control_tables import audit
from tests.building.accounts import Accounts


def three_acts(accounts: Accounts) -> None:
    for act in ("one", "two", "three"):
        accounts.audit.record(act, actor="cli:root", workspace_id="w", detail="d")


def test_what_was_done_is_told_in_order(accounts: Accounts) -> None:
    three_acts(accounts)
    accounts.audit.record("four", actor="user:1")
    assert [e.act for e in accounts.audit.entries()] == ["one", "two", "three", "four"]
    assert [e.act for e in accounts.audit.entries("w")] == ["one", "two", "three"]
    assert accounts.audit.entries()[0].at == accounts.clock.instant()
    assert accounts.audit.is_intact()


def test_a_changed_row_is_noticed(accounts: Accounts) -> None:
    three_acts(accounts)
    with writing(accounts.control) as connection:
        connection.execute(
            update(audit).where(audit.c.number == 2).values(actor="cli:else")
        )
    assert not accounts.audit.is_intact()


def test_a_missing_row_is_noticed(accounts: Accounts) -> None:
    three_acts(accounts)
    with writing(accounts.control) as connection:
        connection.execute(delete(audit).where(audit.c.number == 2))
    assert not accounts.audit.is_intact()


def test_long_words_are_cut_and_still_hold(accounts: Accounts) -> None:
    accounts.audit.record("act", actor="x" * 500, detail="y" * 5000)
    assert len(accounts.audit.entries()[0].detail) == 200
    assert accounts.audit.is_intact()
