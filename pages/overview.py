"""Overview: what should the seller know this morning?"""

from core.analytics import daily, overview
from core.ui import frame, texts
from core.ui.charts.daily import daily_units

page = frame.open_page("Overview")

now, stock = page.read(overview.headline), page.ask("coverage")
number = texts.number
usual = f"usual {number(now.usual_units)}"
page.figures(
    (f"Sold {texts.day(now.last_day)}", number(now.units), usual),
    ("Out of stock", number(now.out_of_stock), "sold in 90 days"),
    ("Out within 14 days", number(now.out_in_14_days), "SKUs per pool"),
    ("Out within 30 days", number(now.out_in_30_days), "SKUs per pool"),
    ("Units on hand", frame.total(stock, "on_hand"), texts.day(now.stock_day)),
    ("Units inbound", frame.total(stock, "inbound"), texts.day(now.stock_day)),
)
days = page.read(daily.units_by_day, since=page.days_ago(365))
page.draw(daily_units(days, mean="mean_28d"), "Units a day")
page.heading("Runs out first")
page.grid(
    "coverage",
    frame.soonest(stock),
    ("sku", "title", "pool", "on_hand", "inbound", "days_of_cover", "runs_out"),
)
