"""What do all charts have in common?"""

from dataclasses import dataclass

import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure, and what it says to who cannot see it."""

    figure: go.Figure
    summary: str


def empty(height: int) -> go.Figure:
    """Return an empty figure with the manners that all charts share."""
    figure = go.Figure()
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 16, "t": 34, "b": 8},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
        hoverlabel={"namelength": -1},
        dragmode=False,
    )
    figure.update_xaxes(automargin=True, title_standoff=14)
    figure.update_yaxes(automargin=True, title_standoff=6)
    return figure


def as_rows(figure: go.Figure, title: str) -> None:
    """Let the bars of a figure lie, the first on top."""
    figure.update_xaxes(title_text=title, rangemode="tozero", tickformat=",d")
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False)
    figure.update_layout(bargap=0.3)


def rows_height(rows: int) -> int:
    """Return the height that so many lying bars need."""
    return 110 + 24 * max(rows, 2)
