"""The page about SP-API says what the program does."""

from core.spapi.operations import OPERATIONS
from core.spapi.sandbox.server import ANSWERS
from tests.contract.coverage_table import PAGE, page_with, table


def test_the_table_of_the_page_is_up_to_date() -> None:
    assert PAGE.read_text() == page_with(table()), (
        "run: python -m tests.contract.coverage_table"
    )


def test_the_sandbox_answers_every_operation_that_the_client_asks() -> None:
    assert set(ANSWERS) == set(OPERATIONS)
