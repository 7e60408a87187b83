"""Inventory: what is at Amazon, and in which state?"""

from core.analytics import inventory
from core.ui import frame
from core.ui.charts.inventory import stock_by_state

page = frame.open_page("Inventory")

page.draw(stock_by_state(page.read(inventory.by_state), by="pool"), "Stock by state")
page.grid(
    "inventory",
    page.ask("inventory"),
    ("sku", "title", "pool", "total", *inventory.STATES, "asin", "fnsku", "as_of"),
)
