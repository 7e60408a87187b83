"""Which colour means what, and from how many days of cover on?

Every colour reaches 3:1 against the light and the dark background, and those
that stand beside each other stay apart with any kind of colour blindness; a
test holds both. A colour is never the only carrier of a meaning.
"""

from dataclasses import dataclass

BLUE = "#2480d8"
ORANGE = "#b8450f"
TEAL = "#12876f"
MAGENTA = "#b92370"
AMBER = "#c08510"
GREY = "#8f8aa8"

LIGHT_BACKGROUND = "#ffffff"
DARK_BACKGROUND = "#10171f"

SALES = BLUE
AVERAGE = ORANGE
PEAK = MAGENTA


@dataclass(frozen=True, slots=True)
class State:
    """One of the states that stock can be in.

    Attributes:
        columns: What it adds up of the answer to `inventory`.
    """

    label: str
    color: str
    columns: tuple[str, ...]


STATES = (
    State("Available", BLUE, ("fulfillable",)),
    State(
        "Reserved",
        GREY,
        ("reserved_customer_orders", "reserved_transfers", "reserved_processing"),
    ),
    State(
        "Inbound",
        TEAL,
        ("inbound_working", "inbound_shipped", "inbound_receiving"),
    ),
    State("Unfulfillable", ORANGE, ("unfulfillable",)),
    State("Researching", AMBER, ("researching",)),
)


@dataclass(frozen=True, slots=True)
class Runway:
    """One class of SKUs by how long their stock lasts.

    Attributes:
        below: Days of cover below which a SKU belongs here; None: all the rest.
    """

    label: str
    color: str
    below: float | None


RUNWAYS = (
    Runway("Out of stock", MAGENTA, 0.0),
    Runway("Critical: under 14 days", ORANGE, 14.0),
    Runway("Low: under 30 days", AMBER, 30.0),
    Runway("Healthy", BLUE, 180.0),
    Runway("Excess: 180 days or more", GREY, None),
)
"""The one table of thresholds; the first class is nothing on hand."""


def runway(on_hand: float | None, days_of_cover: float | None) -> Runway | None:
    """Return the class of a SKU; None when it has stock and sells nothing."""
    if not on_hand or on_hand <= 0:
        return RUNWAYS[0]
    if days_of_cover is None:
        return None
    for one in RUNWAYS[1:-1]:
        if one.below is not None and days_of_cover < one.below:
            return one
    return RUNWAYS[-1]
