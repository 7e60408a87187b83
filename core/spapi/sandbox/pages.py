"""Which page does a token lead to, and is the token still good?"""

import secrets
from dataclasses import dataclass
from typing import Any, TypeAlias

from core.kernel.clock import Clock
from core.spapi.sandbox.faults import Faults
from core.spapi.sandbox.refusals import invalid

Rows: TypeAlias = Any
"""A sequence, or an array of indexes."""
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the token of those after them; empty at the end."""

    rows: Rows
    token: str


@dataclass(frozen=True, slots=True)
class _Place:
    scope: tuple[object, ...]
    rows: Rows
    at: int
    size: int
    until: float


class Pages:
    """Cuts answers into pages and remembers what every token stands for."""

    def __init__(self, clock: Clock, faults: Faults) -> None:
        self._clock, self._faults = clock, faults
        self._places: dict[str, _Place] = {}

    def turn(
        self,
        scope: tuple[object, ...],
        rows: Rows,
        size: int,
        token: str,
        *,
        seconds: float = DAY,
    ) -> Page:
        """Return the first page, or the one that a token leads to.

        Args:
            scope: Whose rows these are and how they were asked for; a token
                is refused when the other parameters have changed.
            rows: All of them; those of a token are the ones that it began with.
            size: How many make a page.
            token: Empty for the first page.
            seconds: How long the next token lives.

        Raises:
            RefusedError: The token is unknown, stale or of another request.
        """
        first = _Place(scope, rows, 0, size, 0)
        place = self._known(scope, token) if token else first
        after = place.at + place.size
        shown = place.rows[place.at : after]
        if after >= len(place.rows):
            return Page(shown, "")
        if self._faults.strikes("repeated-page"):
            after = place.at
        following = secrets.token_urlsafe(24)
        until = self._clock.monotonic() + seconds
        self._places[following] = _Place(scope, place.rows, after, place.size, until)
        return Page(shown, following)

    def _known(self, scope: tuple[object, ...], token: str) -> _Place:
        known = self._places.get(token)
        if known is None or known.scope != scope:
            raise invalid("The page token is invalid.")
        stale = self._clock.monotonic() > known.until
        if stale or self._faults.strikes("stale-page"):
            raise invalid("The page token has expired.")
        return known
