"""How does the master key change without a moment in which keys are lost?

A bridge, a small file beside the wrapped keys, seals each of the two master
keys under the other while the keys are rewrapped one by one. Whichever of
the two is at hand opens the bridge, and so every key; it goes when the new
one is in its place and wraps everything.
"""

import base64
import os
from contextlib import suppress
from pathlib import Path

from core.kernel.errors import InputError, KeyMissingError, SettingsError
from core.kernel.keys import (
    KEY_BYTES,
    KeyRing,
    decode_master,
    master_key,
    master_key_path,
    replace_secret,
    seal,
    settle,
    unseal,
    write_secret,
)
from core.kernel.settings import Settings

_BRIDGE = "rotation"
_NEW, _OLD = "the new master key", "the old master key"
_SEALED_BYTES = 12 + KEY_BYTES + 16


def open_keyring(settings: Settings) -> KeyRing:
    """Return the keys of an instance; a rotation that was cut short is finished.

    Raises:
        SettingsError: The master key is malformed or cannot be read.
        KeyMissingError: The master key is another one, or gone.
    """
    master, folder = master_key(settings), settings.keys_folder
    bridge = folder / _BRIDGE
    if not bridge.exists():
        return KeyRing(master, folder)
    old, new = _both(master, bridge.read_bytes())
    if master == old:
        return KeyRing(master, folder, new)
    ring = KeyRing(new, folder, old)
    _finish(ring)
    return ring


def is_waiting(ring: KeyRing) -> bool:
    """Tell whether a rotation waits for its new master key to be put in place."""
    return (ring.folder / _BRIDGE).exists()


def rotate(settings: Settings, ring: KeyRing, given: str | None = None) -> bool:
    """Give the keys a new master key; a kill at any moment loses none.

    Args:
        settings: Say where the master key is.
        ring: The keys of this instance.
        given: The new one as base64, where it is kept in the environment.

    Returns:
        Whether the new key is in place; else the operator puts it there.

    Raises:
        InputError: A new key is needed, or not wanted, or the old one again.
        SettingsError: It is none, or a file cannot be replaced.
    """
    if settings.master_key is not None:
        _rotate_given(ring, _checked(given, ring.master))
        return False
    if given is not None:
        raise InputError(
            "The new master key is made here: none has to be given.",
            "Repeat without --new-key-stdin.",
        )
    path = (settings.master_key_file or master_key_path()).resolve()
    _refuse_unwritable(path.parent)
    _rotate_file(ring, path)
    return True


def _rotate_given(ring: KeyRing, new: bytes) -> None:
    _forget_waiting(ring)
    _build_bridge(ring, new)
    # The old one still opens everything, until the environment has the new one.
    ring.know(ring.master, new)
    ring.rewrap(new)


def _rotate_file(ring: KeyRing, path: Path) -> None:
    _forget_waiting(ring)
    _drop_drafts(path)
    old, new = ring.master, os.urandom(KEY_BYTES)
    _build_bridge(ring, new)
    replace_secret(path, base64.b64encode(new))
    ring.know(new, old)
    _finish(ring)


def _build_bridge(ring: KeyRing, new: bytes) -> None:
    _drop_drafts(ring.folder / _BRIDGE)
    old = ring.master
    sealed = seal(old, new, _NEW) + seal(new, old, _OLD)
    write_secret(ring.folder / _BRIDGE, sealed)


def _both(master: bytes, sealed: bytes) -> tuple[bytes, bytes]:
    """Return the old and the new master key, given one of them."""
    with suppress(KeyMissingError):
        return master, unseal(master, sealed[:_SEALED_BYTES], _NEW)
    return unseal(master, sealed[_SEALED_BYTES:], _OLD), master


def _forget_waiting(ring: KeyRing) -> None:
    if is_waiting(ring):
        _finish(ring)


def _finish(ring: KeyRing) -> None:
    ring.rewrap(ring.master)
    _drop_drafts(ring.folder / _BRIDGE)
    (ring.folder / _BRIDGE).unlink(missing_ok=True)
    settle(ring.folder)
    ring.know(ring.master, None)


def _drop_drafts(path: Path) -> None:
    for draft in path.parent.glob(f".{path.name}.*"):
        draft.unlink(missing_ok=True)


def _checked(given: str | None, old: bytes) -> bytes:
    if given is None:
        raise InputError(
            "The master key is in STOCKENER_MASTER_KEY, which cannot be changed"
            " from here.",
            "Make a new one with openssl rand -base64 32, keep it, and pipe it"
            " into this command with --new-key-stdin.",
        )
    new = decode_master(given, "What came on standard input")
    if new == old:
        raise InputError(
            "This is the master key already.",
            "Make a new one with: openssl rand -base64 32",
        )
    return new


def _refuse_unwritable(folder: Path) -> None:
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SettingsError(
            f"The master key in {folder} cannot be replaced by this user.",
            "Let this user write to that folder, and repeat.",
        )
