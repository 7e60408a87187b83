"""Does the double count requests as Amazon does?"""

import pytest

from core.spapi.operations import OPERATIONS
from core.spapi.sandbox.buckets import Buckets
from tests.building.sandbox import Caller, running_sandbox, small_world
from tests.building.simulated_clock import SimulatedClock

PARTICIPATIONS = "/sellers/v1/marketplaceParticipations"


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_a_burst_is_allowed_and_then_the_rate(name: str) -> None:
    clock = SimulatedClock()
    buckets, operation = Buckets("amazon", clock), OPERATIONS[name]
    burst = [buckets.take(operation, "A") for _ in range(operation.burst + 1)]
    assert burst == [True] * operation.burst + [False]
    assert buckets.take(operation, "B")
    clock.pass_time(1 / operation.rate)
    assert buckets.take(operation, "A")
    assert not buckets.take(operation, "A")


def test_over_quota_is_429_without_the_rate() -> None:
    with running_sandbox(
        small_world(), rates="amazon", clock=SimulatedClock()
    ) as lines:
        us, eu = Caller(lines[0]), Caller(lines[1])
        burst = OPERATIONS["getMarketplaceParticipations"].burst
        answers = [us.get(PARTICIPATIONS) for _ in range(burst + 1)]
        assert [one.status_code for one in answers] == [200] * burst + [429]
        assert answers[0].headers["x-amzn-ratelimit-limit"] == "0.016"
        assert "x-amzn-ratelimit-limit" not in answers[-1].headers
        assert answers[-1].json()["errors"][0]["code"] == "QuotaExceeded"
        assert eu.get(PARTICIPATIONS).status_code == 200


def test_fast_rates_are_announced(us: Caller) -> None:
    assert float(us.get(PARTICIPATIONS).headers["x-amzn-ratelimit-limit"]) >= 50
