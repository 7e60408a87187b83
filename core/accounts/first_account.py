"""May this visitor make the first account?

Whoever makes it runs the instance. On the machine itself anybody may; from
elsewhere a code is needed that only the server's own output shows.
"""

import hmac
import secrets
from collections.abc import Mapping

from core.accounts.users import User, Users
from core.kernel.errors import NotAllowedError
from core.kernel.settings import Settings, is_loopback

_FORWARDING = (
    "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
    "x-forwarded-server", "x-forwarded-port", "x-real-ip", "true-client-ip",
    "cf-connecting-ip", "x-client-ip", "x-original-host", "x-envoy-external-address",
)  # fmt: skip


class FirstAccount:
    """The door to the first account of an instance.

    Args:
        settings: The addresses of this instance.
        users: The people, nobody at first.
    """

    def __init__(self, settings: Settings, users: Users) -> None:
        self._settings = settings
        self._users = users
        self._code = f"{secrets.randbelow(10**12):012d}"

    def is_open(self) -> bool:
        """Tell whether nobody has an account yet."""
        return not self._users.any()

    def one_time_code(self) -> str:
        """Return the code that the server prints at its start."""
        return self._code

    def requires_code(
        self, headers: Mapping[str, str], address: str | None = None
    ) -> bool:
        """Tell whether a visitor has to give the code.

        Args:
            headers: Of the request, in any case of letters.
            address: The visitor's, as the server sees it; None when unknown.
        """
        if self._settings.is_production:
            return True
        seen = {name.lower(): value for name, value in headers.items()}
        if any(name in seen for name in _FORWARDING):
            return True
        if address is not None and not is_loopback(f"//{_bracketed(address)}"):
            return True
        return not is_loopback(f"//{seen.get('host', 'localhost')}")

    def create(
        self,
        email: str,
        password: str,
        name: str = "",
        *,
        headers: Mapping[str, str],
        address: str | None = None,
        code: str = "",
    ) -> User:
        """Make the first account, whose owner is the operator.

        Raises:
            NotAllowedError: The code is needed and another one.
            InputError: What was typed cannot be used, or somebody was faster.
        """
        if self.requires_code(headers, address) and not hmac.compare_digest(
            code.strip().encode(), self._code.encode()
        ):
            raise NotAllowedError(
                "The code is not the one that the server printed.",
                "Copy it from the output of the server's last start.",
            )
        return self._users.create(email, password, name, is_operator=True)


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address
