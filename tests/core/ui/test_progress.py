"""Is a running sync told in words that help?"""

from datetime import UTC, datetime

from core.sync.progress import Progress
from core.ui import progress


def doing(done: int, total: int, eta: float | None = None) -> Progress:
    return Progress("EU", "orders", done, total, "Asking for *October*", eta)


def test_what_is_fetched_and_how_long_it_takes_is_said() -> None:
    assert progress._words(doing(1, 4, 40.0)) == (
        "**Orders** – Asking for \\*October\\* · about 40 seconds left"
    )


def test_an_unknown_duration_is_not_made_up() -> None:
    assert progress._words(doing(1, 4)).endswith("October\\*")


def test_a_dataset_that_is_in_says_so() -> None:
    assert progress._words(doing(4, 4, 0.0)) == "**Orders** – done"


def test_a_bar_never_leaves_its_frame() -> None:
    assert progress._share(doing(0, 0)) == 0.0
    assert progress._share(doing(5, 4)) == 1.0
    assert progress._share(doing(1, 4)) == 0.25


def test_a_remembered_result_has_its_instant_back() -> None:
    row = {"dataset": "orders", "as_of": "2026-03-01T04:05:00+00:00"}
    assert progress._remembered(row)["as_of"] == datetime(2026, 3, 1, 4, 5, tzinfo=UTC)
    assert progress._remembered(row | {"as_of": None})["as_of"] is None
