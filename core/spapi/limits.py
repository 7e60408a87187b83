"""When may we ask again? One bucket per operation, region and seller.

Every bucket is a lower bound of Amazon's own: a request counts as taken when
it is sent, and as the start of refilling when its answer is there. So however
long a request travels, Amazon's bucket never holds less than ours.
"""

import threading
from collections import Counter, deque
from collections.abc import Callable

from core.kernel.clock import Clock
from core.spapi.operations import OPERATIONS

SLICE_SECONDS = 1.0
"""How long one wait is at most, before what was learned meanwhile counts."""
MARGIN = 1.001
"""Waits are this much longer, for the last digits of two clocks."""

SHORTEST_SECONDS = 1e-4
"""No wait is so short that a clock could fail to notice it."""

Key = tuple[str, str, str]


class Limits:
    """The buckets of the whole instance, shared by all threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[Key, Bucket] = {}
        self.surprises: Counter[str] = Counter()
        """How often Amazon refused although the bucket said yes, by operation."""

    def acquire(
        self,
        operation: str,
        region: str,
        seller_id: str,
        *,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        """Wait for a turn, first come, first served, and take it.

        `sleep` is how to wait; raising in it gives the turn up.
        """
        bucket = self._bucket((operation, region, seller_id))
        bucket.take(sleep or self._clock.sleep)

    def release(
        self, operation: str, region: str, seller_id: str, *, throttled: bool = False
    ) -> None:
        """Say that the answer to a request that took its turn is there."""
        self._bucket((operation, region, seller_id)).answered(drained=throttled)
        if throttled:
            self.surprises[operation] += 1

    def learn(
        self, operation: str, region: str, seller_id: str, rate_header: str | None
    ) -> None:
        """Follow the rate that Amazon announces, up and down."""
        try:
            rate = float(rate_header or 0)
        except ValueError:
            return
        if 0 < rate < float("inf"):
            self._bucket((operation, region, seller_id)).follow(rate)

    def ready(self, operation: str, region: str, seller_id: str) -> bool:
        """Tell whether a turn could be had without waiting."""
        return self._bucket((operation, region, seller_id)).seconds_to_wait() <= 0

    def rate(self, operation: str, region: str, seller_id: str) -> float:
        """Return the rate that is followed now, in requests per second."""
        return self._bucket((operation, region, seller_id)).rate

    def _bucket(self, key: Key) -> "Bucket":
        with self._lock:
            bucket = self._buckets.get(key)
            if bucket is None:
                facts = OPERATIONS[key[0]]
                bucket = Bucket(facts.rate, facts.burst, self._clock)
                self._buckets[key] = bucket
            return bucket


class Bucket:
    """One token bucket, full at first.

    Args:
        rate: Tokens per second that refill it.
        burst: How many it holds.
    """

    def __init__(self, rate: float, burst: float, clock: Clock) -> None:
        self.rate = rate
        self._burst = float(burst)
        self._clock = clock
        self._level = self._burst
        self._counted_at = clock.monotonic()
        self._in_flight = 0
        self._queue: deque[object] = deque()
        self._changed = threading.Condition()

    def take(self, sleep: Callable[[float], None]) -> None:
        """Wait for a token and take it."""
        me = object()
        with self._changed:
            self._queue.append(me)
        try:
            while (seconds := self._try(me)) > 0:
                sleep(min(seconds, SLICE_SECONDS))
        except BaseException:
            with self._changed:
                self._queue.remove(me)
                self._changed.notify_all()
            raise

    def answered(self, *, drained: bool = False) -> None:
        """Count a request as used, now that its answer is there."""
        with self._changed:
            self._refill()
            self._in_flight -= 1
            self._level = min(self._level - 1, 0.0 if drained else self._burst)

    def follow(self, rate: float) -> None:
        """Go on with another rate."""
        with self._changed:
            self._refill()
            self.rate = rate

    def seconds_to_wait(self) -> float:
        """Return how long one who asks now has to wait."""
        with self._changed:
            return self._seconds(ahead=len(self._queue))

    def _try(self, me: object) -> float:
        with self._changed:
            while self._queue[0] is not me:
                if not self._changed.wait(timeout=SLICE_SECONDS):
                    return SHORTEST_SECONDS
            seconds = self._seconds()
            if seconds <= 0:
                self._in_flight += 1
                self._queue.popleft()
                self._changed.notify_all()
            return seconds

    def _seconds(self, ahead: int = 0) -> float:
        self._refill()
        missing = 1 - (self._level - self._in_flight - ahead)
        if missing <= 0:
            return 0.0
        return max(missing / self.rate * MARGIN, SHORTEST_SECONDS)

    def _refill(self) -> None:
        now = self._clock.monotonic()
        gained = (now - self._counted_at) * self.rate
        self._level = min(self._burst, self._level + gained)
        self._counted_at = now
