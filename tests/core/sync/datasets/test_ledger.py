from datetime import date

import pytest

from core.sync.datasets import ledger
from core.sync.datasets.ledger import FIGURES, Movements
from tests.building.flat_files import document, movement

DAYS = (date(2026, 3, 1), date(2026, 3, 31))


def read(*rows: dict[str, str]) -> Movements:
    return ledger.read(document(rows), DAYS, "EU")


def test_both_spellings_of_the_header_mean_the_same() -> None:
    spaced = read(movement()).lines
    closed = {name.replace(" ", "") or name: v for name, v in movement().items()}
    assert read(closed).lines.equals(spaced)


def test_shipments_to_customers_stay_negative() -> None:
    [row] = read(movement()).lines.to_pylist()
    assert (row["starting"], row["customer_shipments"], row["ending"]) == (10, -1, 9)


@pytest.mark.parametrize("text", ["03/10/2026", "2026-03-10", "2026-03-10T00:00:00Z"])
def test_a_day_is_read_in_amazons_form_and_in_iso(text: str) -> None:
    assert read(movement(Date=text)).lines["day"].to_pylist() == [date(2026, 3, 10)]


def test_a_day_that_was_not_asked_for_is_left_out() -> None:
    found = read(movement(Date="02/28/2026"), movement())
    assert found.lines.num_rows == 1


@pytest.mark.parametrize("column", ["Date", "MSKU", *FIGURES.values()])
def test_a_bad_value_is_an_issue_and_its_row_is_left_out(column: str) -> None:
    bad = "" if column == "MSKU" else "x"
    found = read(movement(), movement(**{column: bad}))
    assert found.lines.num_rows == 1
    assert [(issue.row, issue.column) for issue in found.issues] == [(2, column)]


def test_a_location_in_no_pool_is_kept_and_is_an_issue() -> None:
    found = read(movement(Location="CH"))
    assert found.lines["country"].to_pylist() == ["CH"]
    assert [issue.column for issue in found.issues] == ["Location"]


def test_the_names_of_a_sku_are_those_of_its_first_row() -> None:
    found = read(movement(), movement(Title="Other"), movement(MSKU="B", Title="Bowl"))
    assert found.named.to_pylist() == [
        {
            "sku": "MUG-1",
            "asin": "B000000001",
            "fnsku": "X000000001",
            "title": "Blue mug",
        },
        {"sku": "B", "asin": "B000000001", "fnsku": "X000000001", "title": "Bowl"},
    ]
