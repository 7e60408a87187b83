"""Is a world around real lines theirs to the letter, and could it be?"""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from core.kernel.errors import InputError
from core.kernel.marketplaces import POOL_BY_CODE
from core.spapi.sandbox.world import World, from_orders
from core.spapi.sandbox.world.ledger import ending
from core.spapi.sandbox.world.model import Kind
from tests.building.sandbox import NOW, Caller, place, running_sandbox
from tests.building.shared import shared

BY_DATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
SCHEMA = pa.schema(
    [
        ("order_id", pa.string()),
        ("purchase_date", pa.timestamp("us")),
        ("order_status", pa.string()),
        ("fulfillment_channel", pa.string()),
        ("sales_channel", pa.string()),
        ("sku", pa.string()),
        ("asin", pa.string()),
        ("title", pa.string()),
        ("quantity", pa.int32()),
        ("currency", pa.string()),
        ("item_price", pa.decimal128(18, 2)),
    ]
)


def line(order: str, day: int, **changes: Any) -> dict[str, Any]:
    """Return a line of October 2026 that sold 3 mugs in Germany."""
    return {
        "order_id": order,
        "purchase_date": datetime(2026, 10, day, 22, 30),  # noqa: DTZ001  # as filed
        "order_status": "Shipped",
        "fulfillment_channel": "Amazon",
        "sales_channel": "Amazon.de",
        "sku": "MUG",
        "asin": "B0MUG",
        "title": "Mug\twith a\nhandle",
        "quantity": 3,
        "currency": "EUR",
        "item_price": Decimal("29.97"),
    } | changes


def filed(folder: Path, lines: list[dict[str, Any]]) -> Path:
    path = folder / "lines.parquet"
    pq.write_table(pa.Table.from_pylist(lines, SCHEMA), path)
    return path


@pytest.fixture
def few(tmp_path: Path) -> World:
    other = {"sales_channel": "Non-Amazon", "currency": None, "item_price": None}
    lines = [
        line("1", 1),
        line("1", 1),
        line("2", 3, order_status="Cancelled", quantity=900),
        line("3", 4, **other),
        line("4", 5, fulfillment_channel="Merchant"),
        line("5", 6, sales_channel="Amazon.co.jp", currency="JPY"),
        line("6", 31, sku="JAR", asin="B0JAR", title='Jar "small"'),
    ]
    return from_orders(filed(tmp_path, lines), NOW)


def test_sellers_are_those_of_the_channels_in_the_file(few: World) -> None:
    places = {one.region: [p.code for p in one.marketplaces] for one in few.sellers}
    assert places == {"EU": ["DE"], "FE": ["JP"]}


def test_reports_hold_exactly_these_lines(few: World) -> None:
    with running_sandbox(few) as lines:
        dates = {
            "dataStartTime": "2026-10-01T00:00:00Z",
            "dataEndTime": "2026-10-31T00:00:00Z",
        }
        text = Caller(lines[0]).text(BY_DATE, [place("DE")], **dates).decode()
    header, *rows = [row.split("\t") for row in text.splitlines()]
    found = [dict(zip(header, row, strict=True)) for row in rows]
    assert [row["amazon-order-id"] for row in found] == ["1", "1", "2", "3", "4"]
    assert found[0] == found[1]
    assert found[0]["product-name"] == "Mug with a handle"
    assert found[0]["item-price"] == "29.97"
    assert found[2]["item-status"] == found[2]["order-status"] == "Cancelled"
    other = found[3]
    assert (other["currency"], other["item-price"], other["ship-country"]) == ("",) * 3
    assert [row["ship-country"] for row in found if row is not other] == ["DE"] * 4


def test_what_amazon_shipped_left_the_pool_on_its_local_day(few: World) -> None:
    stock = few.stock
    left = stock.kind == Kind.CUSTOMER_SHIPMENTS
    mug = stock.sku[stock.series] == list(few.goods.sku).index("MUG")
    here = np.isin(stock.country, POOL_BY_CODE["EU"].countries)[stock.series]
    found = {
        few.date_of(day).isoformat(): -int(units)
        for day, units in zip(
            stock.day[left & mug & here], stock.units[left & mug & here], strict=True
        )
    }
    # 22:30 UTC is past midnight in Germany.
    assert found == {"2026-10-02": 6, "2026-10-05": 3}


@pytest.mark.parametrize("hour", [0, 9, 15, 23])
def test_every_sale_was_possible_at_every_hour(tmp_path: Path, hour: int) -> None:
    lines = [
        line(str(day), day, quantity=day, sales_channel=channel, sku=f"S{day % 7}")
        for day in range(1, 32)
        for channel in ("Amazon.de", "Amazon.co.jp", "Amazon.com", "Amazon.com.au")
    ]
    now = datetime(2026, 11, 1, hour, 0, tzinfo=UTC)
    world = from_orders(filed(tmp_path, lines), now)
    newest = max(world.newest_day(pool) for pool in world.standings)
    assert min(ending(world.stock, day).min() for day in range(newest + 1)) >= 0
    for held in world.standings.values():
        assert (held.fulfillable >= 0).all()


@pytest.mark.parametrize(
    "lines",
    [
        [line("1", 1, sales_channel="Amazon.xx")],
        [line("1", 1, purchase_date=datetime(2027, 1, 1))],  # noqa: DTZ001  # as filed
    ],
)
def test_a_file_that_cannot_be_used_is_said(
    tmp_path: Path, lines: list[dict[str, Any]]
) -> None:
    with pytest.raises(InputError):
        from_orders(filed(tmp_path, lines), NOW)


def test_a_file_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_text("no parquet")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "y.parquet")
    for name in ("x.parquet", "y.parquet", "absent.parquet"):
        with pytest.raises(InputError):
            from_orders(tmp_path / name, NOW)


@pytest.mark.slow
def test_a_million_real_lines_are_all_shown_and_all_possible() -> None:
    path = shared("data/seller_order_lines.parquet")
    world = from_orders(path, NOW)
    raw = pq.read_table(path)
    shown = pa.concat_tables([seller.lines for seller in world.sellers])
    assert shown.num_rows == raw.num_rows == 1_038_856
    assert pc.sum(shown["quantity"]).as_py() == pc.sum(raw["quantity"]).as_py()
    assert pc.sum(shown["item_price"]).as_py() == pc.sum(raw["item_price"]).as_py()
    newest = world.newest_day("UK")
    balances = [ending(world.stock, day).min() for day in range(0, newest + 1, 5)]
    assert min(balances) == 0
    used = pc.and_(
        pc.equal(raw["fulfillment_channel"], "Amazon"),
        pc.equal(raw["order_status"], "Shipped"),
    )
    left = world.stock.units[world.stock.kind == Kind.CUSTOMER_SHIPMENTS]
    assert -left.sum() == pc.sum(raw["quantity"].filter(used)).as_py()
    received = sum(int(s.received.sum()) for x in world.sellers for s in x.shipments)
    booked = world.stock.units[world.stock.kind == Kind.RECEIPTS].sum()
    assert received == booked
