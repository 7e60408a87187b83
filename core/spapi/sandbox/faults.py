"""What goes wrong on purpose? The grammar of `--faults`.

    SPEC  = FAULT ("," FAULT)*
    FAULT = NAME                strikes once, at the first occasion
          | NAME ":" CHANCE     strikes with this chance, 0 to 1
          | NAME "=" NUMBER     a quantity
          | NAME ":" CHANCE "=" NUMBER

The same spec and seed strike at the same occasions, counted per name.

Answers of SP-API
    429               over quota, without the rate header
    500, 503          an error in Amazon's shape
    html              503 with an HTML page and no `errors`
    empty             200 with `{}`
    truncated         200 with JSON that breaks off
    disconnect        the connection ends before the answer does
    slow              the answer waits, 2 s or `=SECONDS`
    stale-page        a page token is refused
    repeated-page     a page token leads to the page that it came with

Tokens
    token-expiry      `=SECONDS` is the true life of an access token, while
                      `expires_in` still promises an hour
    lwa-html          the token endpoint answers 503 with an HTML page

Reports and documents
    fatal-report      a report ends FATAL
    cancelled         a report ends CANCELLED
    slow-report       a report takes 5 s or `=SECONDS` longer
    expired-url       the address of a document has expired: 403 with XML
    gzip-truncated    the document breaks off
    document-500      the document's host answers 500 with nothing
"""

import hashlib
from dataclasses import dataclass, field

from core.kernel.errors import InputError

NAMES = frozenset(
    {
        "429", "500", "503", "html", "empty", "truncated", "disconnect", "slow",
        "stale-page", "repeated-page", "token-expiry", "lwa-html", "fatal-report",
        "cancelled", "slow-report", "expired-url", "gzip-truncated", "document-500",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; a chance of None strikes once."""

    chance: float | None
    number: float | None


@dataclass(slots=True)
class Faults:
    """Decides when which fault strikes."""

    faults: dict[str, Fault] = field(default_factory=dict)
    seed: int = 0
    _asked: dict[str, int] = field(default_factory=dict)

    @classmethod
    def parse(cls, spec: str, seed: int = 0) -> "Faults":
        """Read a spec.

        Raises:
            InputError: A name is unknown or a number is none.
        """
        faults = {}
        for part in filter(None, (text.strip() for text in spec.split(","))):
            head, _, number = part.partition("=")
            name, _, chance = head.partition(":")
            if name not in NAMES:
                raise InputError(
                    f"The sandbox knows no fault “{name}”.",
                    f"Use some of {', '.join(sorted(NAMES))}.",
                )
            faults[name] = Fault(_number(part, chance), _number(part, number))
        return cls(faults, seed)

    def strikes(self, name: str) -> bool:
        """Tell whether a fault strikes at this occasion."""
        fault = self.faults.get(name)
        if fault is None:
            return False
        count = self._asked[name] = self._asked.get(name, 0) + 1
        if fault.chance is None:
            return count == 1
        digest = hashlib.sha256(f"{self.seed}:{name}:{count}".encode()).digest()
        return int.from_bytes(digest[:8]) / 2**64 < fault.chance

    def number(self, name: str, default: float) -> float:
        """Return the quantity of a fault."""
        fault = self.faults.get(name)
        return default if fault is None or fault.number is None else fault.number


def _number(part: str, text: str) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise InputError(
            f"“{part}” is not a fault of the sandbox: “{text}” is no number.",
            "Write it like 429:0.1 or token-expiry=60.",
        ) from error
