from datetime import UTC, date, datetime
from typing import Any

import pytest

from core.kernel.ids import order_key
from core.kernel.marketplaces import BY_CODE, MARKETPLACES, POOL_BY_CODE, Region
from core.sync.datasets import orders
from core.sync.datasets.orders import Lines, Seller
from tests.building.flat_files import document, order

SECRET = b"s" * 32
ASKED = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC))
FIRST = {0: date(2026, 3, 1)} | {m.number: date(2026, 3, 1) for m in MARKETPLACES}


def read(*rows: dict[str, str], region: Region = "EU") -> Lines:
    return orders.read(document(rows), Seller(region, SECRET, FIRST), ASKED)


def only(row: dict[str, str], region: Region = "EU") -> dict[str, Any]:
    [line] = read(row, region=region).lines.to_pylist()
    return line


def test_an_order_id_becomes_a_key_and_is_nowhere_else() -> None:
    found = read(order(), order(sales_channel="Amazon.mars"))
    assert found.lines["order_key"][0].as_py() == order_key(
        SECRET, "111-0000001-0000001"
    )
    text = str(found.lines.to_pylist()) + str(found.waiting.to_pylist())
    assert "111-0000001-0000001" not in text


def test_nothing_but_the_allowed_columns_is_read() -> None:
    found = read(order(), order(sales_channel="Amazon.mars"))
    text = str(found.lines.to_pylist()) + str(found.waiting.to_pylist())
    assert "Secretville" not in text


@pytest.mark.parametrize(
    ("channel", "instant", "day"),
    [
        ("Amazon.de", "2026-03-09T23:00:00+00:00", date(2026, 3, 10)),
        ("Amazon.co.uk", "2026-03-09T23:00:00Z", date(2026, 3, 9)),
        ("Amazon.com", "2026-03-10T06:59:59+00:00", date(2026, 3, 9)),
        ("Amazon.ca", "2026-03-10T07:00:00+00:00", date(2026, 3, 10)),
        ("Amazon.co.jp", "2026-03-09T15:00:00+00:00", date(2026, 3, 10)),
        ("Amazon.com.au", "2026-03-09T13:00:00+00:00", date(2026, 3, 10)),
        ("Non-Amazon", "2026-03-09T23:59:59+00:00", date(2026, 3, 9)),
        ("Amazon.de", "2026-03-10T01:00:00+02:00", date(2026, 3, 10)),
        ("Amazon.de", "2026-03-29T21:59:59+00:00", date(2026, 3, 29)),
        ("Amazon.de", "2026-03-29T22:00:00+00:00", date(2026, 3, 30)),
    ],
)
def test_a_day_is_local_to_its_marketplace(
    channel: str, instant: str, day: date
) -> None:
    assert only(order(sales_channel=channel, purchase_date=instant))["day"] == day


def test_the_channel_is_known_in_any_case_of_letters() -> None:
    for channel in ("amazon.COM.MX", "Amazon.com.mx"):
        line = only(order(sales_channel=channel, currency="MXN"), "NA")
        assert line["marketplace_id"] == BY_CODE["MX"].number


@pytest.mark.parametrize(
    ("status", "item_status", "quantity", "counts"),
    [
        ("Shipped", "Shipped", "2", True),
        ("Pending", "Unshipped", "1", True),
        ("Cancelled", "Cancelled", "1", False),
        ("Shipped", "Cancelled", "1", False),
        ("Shipped", "Shipped", "0", False),
        ("Shipped", "", "1", True),
    ],
)
def test_which_line_counts(
    status: str, item_status: str, quantity: str, counts: bool
) -> None:
    line = order(order_status=status, item_status=item_status, quantity=quantity)
    assert only(line)["is_counting"] is counts


def test_both_words_for_each_fulfilment_channel_are_understood() -> None:
    channels = ("Amazon", "AFN", "Merchant", "MFN")
    found = read(*(order(fulfillment_channel=channel) for channel in channels))
    assert found.lines["is_amazon"].to_pylist() == [True, True, False, False]
    assert found.issues == []


@pytest.mark.parametrize(
    ("channel", "fulfilment", "country", "region", "pool"),
    [
        ("Amazon.fr", "Amazon", "FR", "EU", "EU"),
        ("Amazon.fr", "Merchant", "FR", "EU", None),
        ("Amazon.com.tr", "Amazon", "TR", "EU", "TR"),
        ("Non-Amazon", "Amazon", "CZ", "EU", "EU"),
        ("Non-Amazon", "Amazon", "gb", "EU", "UK"),
        ("Non-Amazon UK", "Amazon", "UK", "EU", "UK"),
        ("Non-Amazon", "Amazon", "", "EU", "EU"),
        ("Non-Amazon", "Amazon", "CH", "EU", "EU"),
        ("Non-Amazon", "Amazon", "", "NA", "US"),
        ("Non-Amazon", "Amazon", "", "FE", "JP"),
        ("Non-Amazon", "Merchant", "DE", "EU", None),
    ],
)
def test_whose_stock_a_line_draws(
    channel: str, fulfilment: str, country: str, region: Region, pool: str | None
) -> None:
    line = only(
        order(
            sales_channel=channel,
            fulfillment_channel=fulfilment,
            ship_country=country,
            currency="",
            item_price="",
        ),
        region,
    )
    assert line["pool_id"] == (POOL_BY_CODE[pool].number if pool else None)


def test_a_line_before_its_marketplaces_own_start_is_left_out() -> None:
    first = FIRST | {BY_CODE["DE"].number: date(2026, 3, 11)}
    rows = [order(), order(sales_channel="Amazon.fr")]
    found = orders.read(document(rows), Seller("EU", SECRET, first), ASKED)
    assert found.lines["marketplace_id"].to_pylist() == [BY_CODE["FR"].number]


def test_a_line_of_an_unknown_channel_waits_and_is_an_issue() -> None:
    found = read(order(sales_channel="Amazon.mars"), order())
    assert found.lines.num_rows == 1
    assert found.waiting["sales_channel"].to_pylist() == ["Amazon.mars"]
    [issue] = found.issues
    assert (issue.row, issue.column) == (1, "sales-channel")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("quantity", "many"),
        ("quantity", ""),
        ("quantity", "1.5"),
        ("purchase_date", "yesterday"),
        ("purchase_date", "2026-13-40T00:00:00Z"),
        ("sku", ""),
        ("amazon_order_id", ""),
    ],
)
def test_a_bad_value_is_an_issue_and_its_line_is_left_out(
    column: str, value: str
) -> None:
    found = read(order(), order(**{column: value}), order())
    assert found.lines.num_rows == 2
    [issue] = found.issues
    assert (issue.row, issue.column) == (2, column.replace("_", "-"))


def test_money_of_another_currency_is_an_issue_but_the_units_count() -> None:
    found = read(order(currency="USD"))
    assert found.lines["quantity"].to_pylist() == [1]
    assert [issue.column for issue in found.issues] == ["currency"]


def test_a_price_that_cannot_be_read_is_an_issue_but_the_units_count() -> None:
    found = read(order(item_price="9,99"), order(item_price="12.5"))
    assert [str(p) for p in found.lines["item_price"].to_pylist()] == ["None", "12.50"]
    assert [issue.column for issue in found.issues] == ["item-price"]


def test_equal_lines_of_an_order_stay_apart() -> None:
    assert read(order(), order(), order()).lines.num_rows == 3


def test_a_thousand_bad_lines_do_not_make_a_thousand_issues() -> None:
    found = read(*(order(quantity="x") for _ in range(1000)))
    assert len(found.issues) == 50


def test_where_amazon_has_no_data_there_are_no_lines() -> None:
    found = orders.read(None, Seller("EU", SECRET, FIRST), ASKED)
    assert (found.lines.num_rows, found.issues) == (0, [])
