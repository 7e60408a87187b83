"""Amazon's bucket never says no, and no time is given away."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.kernel.clock import SystemClock
from core.spapi.limits import Bucket, Limits
from tests.building.simulated_clock import SimulatedClock

OWNER = ("EU", "SELLER")


class AmazonsBucket:
    """A token bucket as Amazon keeps it, which refuses what is too early."""

    def __init__(self, rate: float, burst: int, at: float) -> None:
        self.rate, self.burst = rate, burst
        self.level, self.at = float(burst), at

    def take(self, at: float) -> bool:
        self.level = min(self.burst, self.level + (at - self.at) * self.rate)
        self.at = at
        if self.level < 1:
            return False
        self.level -= 1
        return True


def floor(requests: int, rate: float, burst: int) -> float:
    return max(0.0, (requests - burst) / rate)


@pytest.mark.parametrize(
    ("rate", "burst", "requests"),
    [(2, 2, 900), (2, 30, 100), (0.0167, 15, 40), (0.0222, 10, 12), (50, 2, 500)],
)
def test_the_pace_is_the_floor_and_amazon_never_refuses(
    clock: SimulatedClock, rate: float, burst: int, requests: int
) -> None:
    ours = Bucket(rate, burst, clock)
    amazons = AmazonsBucket(rate, burst, clock.monotonic())
    start = clock.monotonic()
    for _ in range(requests):
        ours.take(clock.sleep)
        assert amazons.take(clock.monotonic())
        ours.answered()
    took = clock.monotonic() - start
    assert took <= 1.1 * floor(requests, rate, burst)


@pytest.mark.parametrize("seed", range(20))
def test_no_delay_of_the_network_makes_a_request_too_early(
    clock: SimulatedClock, seed: int
) -> None:
    chance = random.Random(seed)
    ours = Bucket(2, 5, clock)
    amazons = AmazonsBucket(2, 5, clock.monotonic())
    for _ in range(300):
        ours.take(clock.sleep)
        clock.pass_time(chance.choice([0, 0.001, 0.3, 2.0]))
        assert amazons.take(clock.monotonic())
        clock.pass_time(chance.choice([0, 0.001, 0.5]))
        ours.answered()
        clock.pass_time(chance.choice([0, 0, 0, 7.0]))


def test_threads_take_turns_and_stay_within_the_rate() -> None:
    clock = SystemClock()
    bucket = Bucket(200, 5, clock)
    amazons = AmazonsBucket(200, 5, clock.monotonic())
    lock, refused = threading.Lock(), []

    def ask(_: int) -> None:
        bucket.take(clock.sleep)
        with lock:
            if not amazons.take(clock.monotonic()):
                refused.append(clock.monotonic())
        bucket.answered()

    start = clock.monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(105)))
    assert not refused
    assert clock.monotonic() - start >= 0.49


def test_who_came_first_is_served_first() -> None:
    clock = SystemClock()
    bucket = Bucket(100, 1, clock)
    bucket.take(clock.sleep)
    bucket.answered()
    served: list[int] = []
    threads = []
    for number in range(5):
        thread = threading.Thread(
            target=lambda n=number: (  # type: ignore[misc]
                bucket.take(clock.sleep),
                served.append(n),
                bucket.answered(),
            )
        )
        thread.start()
        threads.append(thread)
        while len(bucket._queue) + len(served) <= number:
            clock.sleep(0.0005)
    for thread in threads:
        thread.join()
    assert served == [0, 1, 2, 3, 4]


def test_who_gives_up_lets_the_next_one_pass(clock: SimulatedClock) -> None:
    bucket = Bucket(0.01, 1, clock)
    bucket.take(clock.sleep)
    bucket.answered()

    def give_up(_: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        bucket.take(give_up)
    before = clock.monotonic()
    bucket.take(clock.sleep)
    assert 99 < clock.monotonic() - before < 101


def test_a_rate_is_followed_up_and_down(clock: SimulatedClock) -> None:
    limits = Limits(clock)

    def seconds_for(requests: int) -> float:
        start = clock.monotonic()
        for _ in range(requests):
            limits.acquire("getInventorySummaries", *OWNER)
            limits.release("getInventorySummaries", *OWNER)
        return clock.monotonic() - start

    seconds_for(2)
    assert seconds_for(10) == pytest.approx(5, rel=0.02)
    limits.learn("getInventorySummaries", *OWNER, "10.0")
    assert seconds_for(10) == pytest.approx(1, rel=0.02)
    limits.learn("getInventorySummaries", *OWNER, "0.5")
    assert seconds_for(10) == pytest.approx(20, rel=0.02)


@pytest.mark.parametrize("header", [None, "", "fast", "0", "-1", "nan", "inf"])
def test_what_is_no_rate_changes_nothing(
    clock: SimulatedClock, header: str | None
) -> None:
    limits = Limits(clock)
    limits.learn("createReport", *OWNER, header)
    assert limits.rate("createReport", *OWNER) == 0.0167


def test_each_seller_region_and_operation_has_a_bucket(clock: SimulatedClock) -> None:
    limits = Limits(clock)
    for _ in range(2):
        limits.acquire("getInventorySummaries", *OWNER)
        limits.release("getInventorySummaries", *OWNER)
    assert not limits.ready("getInventorySummaries", *OWNER)
    assert limits.ready("getInventorySummaries", "EU", "OTHER")
    assert limits.ready("getInventorySummaries", "NA", "SELLER")
    assert limits.ready("searchCatalogItems", *OWNER)


def test_throttling_is_a_surprise_and_empties_the_bucket(clock: SimulatedClock) -> None:
    limits = Limits(clock)
    limits.acquire("getShipments", *OWNER)
    limits.release("getShipments", *OWNER, throttled=True)
    assert limits.surprises == {"getShipments": 1}
    before = clock.monotonic()
    limits.acquire("getShipments", *OWNER)
    assert clock.monotonic() - before == pytest.approx(0.5, rel=0.01)
