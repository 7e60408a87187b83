"""What opens everything when the machine is lost? A recovery copy.

One file holds the master key and every wrapped key, sealed under a
passphrase and authenticated as a whole. Which copy was last confirmed is
noted beside the keys as keyed hashes, from which no key can be had.
"""

import base64
import binascii
import hmac
import json
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from core.kernel.errors import InputError, KeyMissingError
from core.kernel.keys import KeyRing, replace_secret, seal, unseal

SHORTEST_PASSPHRASE = 12
LARGEST_COPY = 600_000
_MAGIC = b"STOCKENER RECOVERY 1\n"
_FAMILY = b"STOCKENER RECOVERY "
_SALT_BYTES = 16
_NONCE_BYTES = 12
_NOTE = "confirmed"
_MASTER = "master"
_EXPORT = "python -m core key export --out FILE --passphrase-stdin"
_CONFIRM = "python -m core key confirm FILE --passphrase-stdin"
REMEDY = f"Make one with: {_EXPORT}; keep it elsewhere, then: {_CONFIRM}"


@dataclass(frozen=True, slots=True)
class State:
    """How far the last confirmed copy would bring everything back.

    Attributes:
        finding: What is missing; empty when nothing is.
        is_lacking: Something would be lost; else the copy holds too much.
    """

    finding: str
    is_lacking: bool


def make_copy(ring: KeyRing, passphrase: str) -> bytes:
    """Return the content of a recovery copy.

    Raises:
        InputError: The passphrase is too short.
        KeyMissingError: A key of this instance does not open.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise InputError(
            f"The passphrase is shorter than {SHORTEST_PASSPHRASE} characters.",
            "Take a longer one, such as five random words.",
        )
    master = ring.master
    # Wrapped afresh, so that the one master key in the copy opens them all.
    keys = {name: _text(seal(master, ring.get(name), name)) for name in ring.names()}
    plain = json.dumps({"master": _text(master), "keys": keys}).encode()
    header = _MAGIC + os.urandom(_SALT_BYTES) + os.urandom(_NONCE_BYTES)
    return header + _cipher(passphrase, header).encrypt(_nonce(header), plain, header)


def confirm(ring: KeyRing, copy: bytes, passphrase: str) -> None:
    """Compare a recovery copy with the keys of this instance, and note it.

    Raises:
        InputError: It is no copy, damaged, of another passphrase or instance,
            or older than what it should bring back.
    """
    held = _digests(*_open(copy, passphrase))
    finding = _lacking(held, _digests_of(ring))
    if finding:
        raise InputError(
            f"This recovery copy is not of the keys here: {finding}.",
            f"Make a new one with: {_EXPORT}",
        )
    replace_secret(ring.folder / _NOTE, json.dumps(held).encode())


def state(ring: KeyRing) -> State:
    """Return what the last confirmed copy lacks or holds too much.

    Raises:
        KeyMissingError: A key of this instance does not open.
    """
    path = ring.folder / _NOTE
    try:
        held = json.loads(path.read_bytes()) if path.exists() else {}
    except ValueError:
        held = {}
    if not isinstance(held, dict) or not held:
        return State("No recovery copy of the keys is confirmed.", is_lacking=True)
    actual = _digests_of(ring)
    finding = _lacking(held, actual)
    if finding:
        said = f"The confirmed recovery copy no longer fits: {finding}."
        return State(said, is_lacking=True)
    gone = len(held.keys() - actual.keys())
    if gone:
        finding = f"The recovery copy holds destroyed keys ({gone}): destroy it too."
    return State(finding, is_lacking=False)


def _open(copy: bytes, passphrase: str) -> tuple[bytes, dict[str, bytes]]:
    if not copy.startswith(_MAGIC):
        newer = " of this version" if copy.startswith(_FAMILY) else ""
        raise InputError(
            f"This file is not a recovery copy{newer}.",
            "Name the file that “key export” wrote.",
        )
    end = len(_MAGIC) + _SALT_BYTES + _NONCE_BYTES
    header, sealed = copy[:end], copy[end:]
    try:
        plain = _cipher(passphrase, header).decrypt(_nonce(header), sealed, header)
        told = json.loads(plain)
        master = base64.b64decode(told["master"])
        return master, {
            name: unseal(master, base64.b64decode(text), name)
            for name, text in told["keys"].items()
        }
    except (InvalidTag, ValueError, KeyError, binascii.Error, KeyMissingError) as error:
        raise InputError(
            "The recovery copy does not open: the passphrase is another one, or the"
            " file is damaged.",
            "Repeat with the right passphrase, or make a new copy with “key export”.",
        ) from error


def _lacking(held: dict[str, str], actual: dict[str, str]) -> str:
    wrong = {name for name, digest in actual.items() if held.get(name) != digest}
    if "instance" in wrong and "instance" in held:
        return "it belongs to another instance"
    if _MASTER in wrong:
        return "the master key has changed since"
    parts = [
        f"{count} {noun if count == 1 else noun + 's'}"
        for prefix, noun in (("workspace-", "workspace"), ("person-", "person"))
        if (count := sum(name.startswith(prefix) for name in wrong))
    ]
    if parts:
        return f"it lacks the keys of {' and '.join(parts)}"
    return f"it lacks the key of {min(wrong)}" if wrong else ""


def _digests_of(ring: KeyRing) -> dict[str, str]:
    return _digests(ring.master, {name: ring.get(name) for name in ring.names()})


def _digests(master: bytes, keys: dict[str, bytes]) -> dict[str, str]:
    return {
        name: hmac.digest(key, b"recovery copy", "sha256").hex()
        for name, key in {**keys, _MASTER: master}.items()
    }


def _cipher(passphrase: str, header: bytes) -> AESGCM:
    salt = header[len(_MAGIC) : len(_MAGIC) + _SALT_BYTES]
    derived = Scrypt(salt=salt, length=32, n=2**17, r=8, p=1)
    return AESGCM(derived.derive(passphrase.encode()))


def _nonce(header: bytes) -> bytes:
    return header[-_NONCE_BYTES:]


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
