"""How often may a seller ask? One token bucket per operation and seller."""

import threading
from dataclasses import dataclass
from typing import Literal

from core.kernel.clock import Clock
from core.spapi.operations import Operation

Rates = Literal["amazon", "fast"]
FAST_RATE, FAST_BURST = 100.0, 200


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Buckets:
    """Counts requests against what the table of operations allows.

    Args:
        rates: `amazon` keeps the table; `fast` allows and announces more.
        clock: Refills the buckets.
    """

    def __init__(self, rates: Rates, clock: Clock) -> None:
        self._rates, self._clock = rates, clock
        self._buckets: dict[tuple[str, str], _Bucket] = {}
        self._lock = threading.Lock()

    def limit(self, operation: Operation) -> tuple[float, int]:
        """Return rate per second and burst."""
        if self._rates == "fast":
            return max(FAST_RATE, operation.rate), max(FAST_BURST, operation.burst)
        return operation.rate, operation.burst

    def take(self, operation: Operation, seller_id: str) -> bool:
        """Take one token, or tell that there is none."""
        rate, burst = self.limit(operation)
        with self._lock:
            now = self._clock.monotonic()
            bucket = self._buckets.setdefault(
                (operation.name, seller_id), _Bucket(burst, now)
            )
            bucket.tokens = min(burst, bucket.tokens + (now - bucket.at) * rate)
            bucket.at = now
            # A client that counts to the last digit may be early by rounding.
            if bucket.tokens < 1 - 1e-6:
                return False
            bucket.tokens -= 1
            return True
