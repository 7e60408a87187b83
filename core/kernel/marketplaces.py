"""Which marketplaces exist, and what is local to each of them?

Facts of Amazon: ids, regions, sales channels, currencies. The time zone is
the one in which Amazon cuts the marketplace's day (CA and MX: Pacific).
"""

from dataclasses import dataclass
from typing import Literal

from core.kernel.errors import InputError

Region = Literal["NA", "EU", "FE"]
REGIONS: tuple[Region, ...] = ("NA", "EU", "FE")

NON_AMAZON = "Non-Amazon"
"""The marketplace of multi-channel fulfilment: UTC days, no currency."""


@dataclass(frozen=True, slots=True)
class Marketplace:
    """One Amazon marketplace.

    Attributes:
        number: Our small stable key; 0 is reserved for Non-Amazon.
        code: The field's short name, such as `DE`; `UK`, not `GB`.
        amazon_id: Amazon's marketplace id.
        pool: The pool of stock that its FBA orders draw from.
    """

    number: int
    code: str
    amazon_id: str
    region: Region
    currency: str
    time_zone: str
    sales_channel: str
    pool: str


@dataclass(frozen=True, slots=True)
class Pool:
    """Stock that several marketplaces share.

    Attributes:
        number: Our small stable key.
        time_zone: That of the pool's first marketplace: its stock day.
        countries: Two-letter codes as ledger and orders write them.
    """

    number: int
    code: str
    region: Region
    time_zone: str
    countries: tuple[str, ...]


_LA, _PARIS = "America/Los_Angeles", "Europe/Paris"
MARKETPLACES: tuple[Marketplace, ...] = tuple(
    Marketplace(number, *facts)  # type: ignore[arg-type]
    for number, facts in enumerate(
        (
            ("US", "ATVPDKIKX0DER", "NA", "USD", _LA, "Amazon.com", "US"),
            ("CA", "A2EUQ1WTGCTBG2", "NA", "CAD", _LA, "Amazon.ca", "CA"),
            ("MX", "A1AM78C64UM0Y8", "NA", "MXN", _LA, "Amazon.com.mx", "MX"),
            (
                "UK",
                "A1F83G8C2ARO7P",
                "EU",
                "GBP",
                "Europe/London",
                "Amazon.co.uk",
                "UK",
            ),
            ("DE", "A1PA6795UKMFR9", "EU", "EUR", _PARIS, "Amazon.de", "EU"),
            ("FR", "A13V1IB3VIYZZH", "EU", "EUR", _PARIS, "Amazon.fr", "EU"),
            ("IT", "APJ6JRA9NG5V4", "EU", "EUR", _PARIS, "Amazon.it", "EU"),
            ("ES", "A1RKKUPIHCS9HS", "EU", "EUR", _PARIS, "Amazon.es", "EU"),
            (
                "NL",
                "A1805IZSGTT6HS",
                "EU",
                "EUR",
                "Europe/Amsterdam",
                "Amazon.nl",
                "EU",
            ),
            (
                "BE",
                "AMEN7PMS3EDWL",
                "EU",
                "EUR",
                "Europe/Brussels",
                "Amazon.com.be",
                "EU",
            ),
            ("IE", "A28R8C7NBKEWEA", "EU", "EUR", "Europe/Dublin", "Amazon.ie", "EU"),
            (
                "SE",
                "A2NODRKZP88ZB9",
                "EU",
                "SEK",
                "Europe/Stockholm",
                "Amazon.se",
                "EU",
            ),
            ("PL", "A1C3SOZRARQ6R3", "EU", "PLN", "Europe/Warsaw", "Amazon.pl", "EU"),
            (
                "TR",
                "A33AVAJ2PDY3EV",
                "EU",
                "TRY",
                "Europe/Istanbul",
                "Amazon.com.tr",
                "TR",
            ),
            ("JP", "A1VC38T7YXB528", "FE", "JPY", "Asia/Tokyo", "Amazon.co.jp", "JP"),
            (
                "AU",
                "A39IBJ37TRP1C6",
                "FE",
                "AUD",
                "Australia/Sydney",
                "Amazon.com.au",
                "AU",
            ),
        ),
        start=1,
    )
)

_EU_COUNTRIES = ("DE", "FR", "IT", "ES", "NL", "BE", "IE", "SE", "PL", "CZ")
POOLS: tuple[Pool, ...] = (
    Pool(1, "US", "NA", _LA, ("US",)),
    Pool(2, "CA", "NA", _LA, ("CA",)),
    Pool(3, "MX", "NA", _LA, ("MX",)),
    Pool(4, "UK", "EU", "Europe/London", ("GB", "UK")),
    Pool(5, "EU", "EU", _PARIS, _EU_COUNTRIES),
    Pool(6, "TR", "EU", "Europe/Istanbul", ("TR",)),
    Pool(7, "JP", "FE", "Asia/Tokyo", ("JP",)),
    Pool(8, "AU", "FE", "Australia/Sydney", ("AU",)),
)

FIRST_POOL: dict[Region, str] = {"NA": "US", "EU": "EU", "FE": "JP"}
"""Which pool a multi-channel order without a ship-country draws from."""

BY_CODE = {place.code: place for place in MARKETPLACES}
BY_AMAZON_ID = {place.amazon_id: place for place in MARKETPLACES}
POOL_BY_CODE = {pool.code: pool for pool in POOLS}


def marketplace(code: str) -> Marketplace:
    """Return the marketplace of a code such as `DE`; `GB` is taken as `UK`."""
    found = BY_CODE.get({"GB": "UK"}.get(code.upper(), code.upper()))
    if found is None:
        raise InputError(
            f"There is no marketplace “{code}”.",
            f"Use one of {', '.join(BY_CODE)}.",
        )
    return found
