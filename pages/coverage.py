"""Coverage: when does each SKU run out?"""

from core.ui import frame
from core.ui.charts.coverage import runway_classes, runways

page = frame.open_page("Coverage")

answer = page.ask("coverage")
left, right = page.halves()
with left:
    page.draw(runway_classes(answer), "How long stock lasts")
with right:
    page.draw(runways(answer, most=12), "Runs out first")
page.grid(
    "coverage",
    frame.soonest(answer),
    (
        *("sku", "title", "pool", "on_hand", "inbound", "forecast_per_day"),
        *("days_of_cover", "days_of_cover_with_inbound", "runs_out", "basis", "as_of"),
    ),
)
