"""Velocity: how fast does each SKU sell?"""

from core.analytics import daily
from core.ui import frame
from core.ui.charts.daily import Peak, daily_units

page = frame.open_page("Velocity")

answer = page.ask("velocity")
sku, since = page.pick_sku(answer), page.days_ago(365)
peak = Peak.of(page.ask("velocity", sku=sku)) if sku else None
# Stock is a matter of one SKU: of all together some are always there.
series = daily.series if sku else daily.units_by_day
days = page.read(series, sku=sku, since=since)
page.draw(daily_units(days, mean="mean_28d", peak=peak), sku or "All SKUs")
page.csv("daily", "Days as CSV", sku=sku, since=since)
page.heading("Units and velocity")
page.grid(
    "velocity",
    answer,
    (
        *("sku", "title", "marketplace", "velocity_7d", "velocity_30d", "velocity_90d"),
        *("units_7d", "units_30d", "units_90d", "in_stock_days_30d", "basis"),
        *("peak_velocity", "peak_from", "last_sale_day", "as_of"),
    ),
)
