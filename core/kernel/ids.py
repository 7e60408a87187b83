"""How are things named so that nobody can guess or confuse them?"""

import hashlib
import hmac
import re
import secrets
import uuid

WORKSPACE_NAME = re.compile(r"[a-z0-9-]{1,40}")


def new_id() -> str:
    """Return a fresh random id: 32 hexadecimal digits."""
    return uuid.uuid4().hex


def new_token() -> str:
    """Return a 256-bit secret, safe in addresses and cookies."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """Return what is stored of a token: its SHA-256, in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def order_key(secret: bytes, order_id: str) -> bytes:
    """Return the 16 bytes that stand for an order id within one workspace."""
    return hmac.digest(secret, order_id.encode(), "sha256")[:16]


def is_workspace_name(text: str) -> bool:
    """Tell whether a text can name a workspace and stand in its address."""
    return WORKSPACE_NAME.fullmatch(text) is not None
