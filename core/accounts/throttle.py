"""How often may somebody try a password?

Counted before the check, per account and per address, so that tries made at
the same moment count too. Kept in memory: one process answers sign-ins.
"""

import threading
from dataclasses import dataclass

from core.kernel.clock import Clock
from core.kernel.errors import NotAllowedError

_FORGET_AFTER = 3600.0
_LONGEST_WAIT = 900.0
_MAX_KEYS = 100_000
_FREE = {"both": 5, "account": 20, "address": 30}


@dataclass(slots=True)
class _Tries:
    count: int
    last: float


class Throttle:
    """Makes everyone wait longer after every wrong password.

    An account answers five tries from one address, and twenty from all;
    an address may make thirty. Then each further one doubles the wait.

    Args:
        clock: Its monotonic seconds are asked.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tries: dict[tuple[str, str], _Tries] = {}

    def attempt(self, email: str, address: str) -> None:
        """Count a try that is about to be made.

        Raises:
            NotAllowedError: Saying how long to wait. The try is not counted.
        """
        now = self._clock.monotonic()
        with self._lock:
            wait = max(self._wait(key, now) for key in _keys(email, address))
            if wait > 0:
                raise NotAllowedError(
                    "There were too many wrong passwords.",
                    f"Try again in {_spoken(wait)}.",
                )
            for key in _keys(email, address):
                tries = self._tries.setdefault(key, _Tries(0, now))
                tries.count, tries.last = tries.count + 1, now
            if len(self._tries) > _MAX_KEYS:
                self._forget()

    def succeeded(self, email: str, address: str) -> None:
        """Forget the wrong tries of somebody who knew the password."""
        with self._lock:
            for key in _keys(email, address):
                self._tries.pop(key, None)

    def _wait(self, key: tuple[str, str], now: float) -> float:
        tries = self._tries.get(key)
        if tries is None:
            return 0.0
        if now - tries.last >= _FORGET_AFTER:
            del self._tries[key]
            return 0.0
        over = tries.count - _FREE[key[0]]
        if over < 0:
            return 0.0
        return min(_LONGEST_WAIT, 2.0 ** min(over, 20)) - (now - tries.last)

    def _forget(self) -> None:
        old = sorted(self._tries, key=lambda key: self._tries[key].last)
        for key in old[: _MAX_KEYS // 2]:
            del self._tries[key]


def _keys(email: str, address: str) -> tuple[tuple[str, str], ...]:
    account = email.strip().lower()[:254]
    return (
        ("both", f"{account} {address}"),
        ("account", account),
        ("address", address),
    )


def _spoken(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} seconds"
    return f"{round(seconds / 60)} minutes"
