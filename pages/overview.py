"""Overview: what should the seller know this morning?"""

from core.analytics import daily, overview
from core.ui import frame, texts
from core.ui.charts.daily import daily_units

page = frame.open_page("Overview")

now, stock = page.read(overview.headline), page.ask("coverage")
last_day, number = texts.day(now.last_day), texts.number
page.figures(
    ("Units sold", number(now.units), f"{last_day}; usual {number(now.usual_units)}"),
    ("Out of stock", number(now.out_of_stock), "SKUs that sold in 90 days"),
    ("Out within 14 days", number(now.out_in_14_days), "SKUs with stock left"),
    ("Out within 30 days", number(now.out_in_30_days), "those of 14 days included"),
    ("On hand", frame.total(stock, "on_hand"), f"units, {texts.day(now.stock_day)}"),
    ("Inbound", frame.total(stock, "inbound"), "units shipped or arriving"),
)
days = page.read(daily.units_by_day, since=page.days_ago(365))
page.draw(daily_units(days, mean="mean_28d"), "Units a day")
page.heading("Runs out first")
page.grid(
    "coverage",
    frame.soonest(stock),
    ("sku", "title", "pool", "on_hand", "inbound", "days_of_cover", "runs_out"),
)
