"""How far a sync is, and how long it will still take."""

import threading

import pytest

from core.kernel.errors import StoppedError
from core.sync.progress import Progress, Steps
from tests.building.simulated_clock import SimulatedClock


def watched(clock: SimulatedClock) -> tuple[Steps, list[Progress], threading.Event]:
    told: list[Progress] = []
    stop = threading.Event()
    return Steps("EU", "orders", clock, told.append, stop), told, stop


def test_nothing_is_promised_before_the_first_step_is_done() -> None:
    steps, told, _ = watched(SimulatedClock())
    steps.plan(20, lambda calls: calls / 0.0167)
    steps.say("Amazon prepares 20 reports.")
    assert told[-1].eta_seconds is None


def test_the_pace_so_far_tells_how_long_the_rest_takes() -> None:
    clock = SimulatedClock()
    steps, told, _ = watched(clock)
    steps.plan(4)
    clock.sleep(10)
    steps.finish(100, "The first is in.")
    assert told[-1].eta_seconds == pytest.approx(30)


def test_amazons_limits_are_the_least_that_is_promised() -> None:
    clock = SimulatedClock()
    steps, told, _ = watched(clock)
    steps.plan(25, lambda calls: max(0, calls - 15) / 0.0167)
    clock.sleep(5)
    steps.finish(1, "The first is in.")
    assert told[-1].eta_seconds == pytest.approx(10 / 0.0167 - 5)


def test_a_rate_that_is_announced_on_the_way_shortens_the_wait() -> None:
    clock, rate = SimulatedClock(), [0.0167]
    steps, told, _ = watched(clock)
    steps.plan(25, lambda calls: max(0, calls - 15) / rate[0])
    rate[0] = 50.0
    clock.sleep(1)
    steps.finish(1, "The first is in.")
    assert told[-1].eta_seconds == pytest.approx(24)


def test_a_sync_that_is_stopped_ends_at_the_next_step() -> None:
    steps, _, stop = watched(SimulatedClock())
    stop.set()
    with pytest.raises(StoppedError):
        steps.say("Going on.")
