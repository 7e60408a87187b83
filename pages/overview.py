"""Overview: what should the seller know this morning?"""

from core.analytics import daily, overview
from core.ui import frame, texts
from core.ui.charts.daily import daily_units

page = frame.open_page("Overview", is_home=True)

now, stock = page.read(overview.headline), page.ask("coverage")
sold, usual = map(texts.number, (now.units if now.last_day else None, now.usual_units))
gone, soon, later = (
    texts.number(one if now.last_day else None)
    for one in (now.out_of_stock, now.out_in_14_days, now.out_in_30_days)
)
page.figures(
    (f"Sold {texts.day(now.last_day)}", sold, f"usual {usual}"),
    ("Out of stock", gone, "sold in 90 days"),
    ("Out in 14 days", soon, "SKUs per pool"),
    ("Out in 30 days", later, "SKUs per pool"),
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
