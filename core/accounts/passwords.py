"""Which passwords are good enough, and how are they checked?"""

import threading

import bcrypt

from core.kernel.errors import InputError

MIN_CHARACTERS = 12
MAX_BYTES = 72
COST = 12

NOBODY = "$2b$12$ALwiCQaN9fNndPOhXFVmEuhLVqVnYzc.t/yIh/HPbo3MOg4vx1OAy"
"""The hash of a random text that nobody knows: unknown people take as long."""

turn = threading.BoundedSemaphore(2)
"""Held while a password is hashed: strangers cannot occupy every core."""


def tidy(password: str) -> str:
    """Return a password as it is hashed: the sign-in form drops outer blanks."""
    return password.strip()


def require_good(password: str) -> None:
    """Refuse a new password that is too short or too long to be hashed whole.

    Raises:
        InputError: With the rule that it breaks.
    """
    password = tidy(password)
    if len(password) < MIN_CHARACTERS:
        raise InputError(
            f"The password is shorter than {MIN_CHARACTERS} characters.",
            "Choose a longer one, such as four random words.",
        )
    if not can_be_checked(password):
        raise InputError(
            f"The password is longer than {MAX_BYTES} bytes.", "Choose a shorter one."
        )


def can_be_checked(password: str) -> bool:
    """Tell whether bcrypt takes a password whole."""
    encoded = tidy(password).encode(errors="replace")
    return len(encoded) <= MAX_BYTES and b"\0" not in encoded


def hashed(password: str) -> str:
    """Return the bcrypt hash of a password."""
    with turn:
        return bcrypt.hashpw(tidy(password).encode(), bcrypt.gensalt(COST)).decode()


def matches(password: str, password_hash: str) -> bool:
    """Tell whether a password has this hash."""
    if not can_be_checked(password):
        password, password_hash = "", NOBODY
    with turn:
        return bcrypt.checkpw(
            tidy(password).encode(errors="replace"), password_hash.encode()
        )
