"""Shipments: what is on its way, what has arrived, and what is missing?"""

from core.ui import frame
from core.ui.charts.shipments import arrivals, differences

page = frame.open_page("Shipments")

answer = page.ask("shipments")
left, right = page.halves()
with left:
    page.draw(arrivals(answer), "Under way")
with right:
    page.draw(differences(answer), "Closed with a difference")
page.grid(
    "shipments",
    answer,
    (
        *("shipment_id", "sku", "status", "units_shipped", "units_received"),
        *("units_missing", "claim_by", "destination", "title", "name"),
        *("created", "eta", "marketplace", "as_of"),
    ),
)
