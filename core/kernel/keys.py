"""Which key opens what? One master key wraps all others.

A data key is 32 random bytes. Its wrapped form is one file in the keys
folder, which no backup of data contains: destroying that file makes
everything sealed under it unreadable, wherever a copy may be.
"""

import base64
import os
import threading
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.kernel.errors import KeyMissingError, SettingsError
from core.kernel.settings import Settings, config_folder

KEY_BYTES = 32
_NONCE_BYTES = 12


def seal(key: bytes, plain: bytes, context: str) -> bytes:
    """Encrypt under a key; `context` must be the same when opening."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def unseal(key: bytes, sealed: bytes, context: str) -> bytes:
    """Decrypt what `seal` made.

    Raises:
        KeyMissingError: The key is another one, or the text was changed.
    """
    nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, body, context.encode())
    except (InvalidTag, ValueError) as error:
        raise KeyMissingError(
            f"The key of {context} does not fit.",
            "Restore the keys folder and the master key that belong together.",
        ) from error


class KeyRing:
    """The data keys of one instance, wrapped by its master key.

    Args:
        master: 32 bytes.
        folder: Where the wrapped keys are files, one each.
        other: While the master key changes: the one that wraps the rest.
    """

    def __init__(self, master: bytes, folder: Path, other: bytes | None = None) -> None:
        self._master = master
        self._other = other
        self._folder = folder
        self._changing = threading.RLock()

    @property
    def master(self) -> bytes:
        """The master key, which wraps every new key."""
        return self._master

    @property
    def folder(self) -> Path:
        """Where the wrapped keys are."""
        return self._folder

    def names(self) -> list[str]:
        """Return the names of all keys, sorted."""
        return sorted(path.stem for path in self._folder.glob("*.key"))

    def know(self, master: bytes, other: bytes | None) -> None:
        """Wrap under this master key from now on, and open under either."""
        with self._changing:
            self._master, self._other = master, other

    def rewrap(self, master: bytes) -> None:
        """Wrap every key under another master key; each file changes at once."""
        with self._changing:
            for draft in self._folder.glob(".*.key.*"):
                draft.unlink(missing_ok=True)
            for name in self.names():
                replace_secret(self._path(name), seal(master, self.get(name), name))

    def create(self, name: str) -> bytes:
        """Make, store and return a new data key; an old one is never replaced."""
        key = os.urandom(KEY_BYTES)
        with self._changing:
            write_secret(self._path(name), seal(self._master, key, name))
        return key

    def get_or_create(self, name: str) -> bytes:
        """Return a data key, made now if it is new; every process gets the same."""
        if not self.has(name):
            with suppress(FileExistsError):
                return self.create(name)
        return self.get(name)

    def get(self, name: str) -> bytes:
        """Return a data key.

        Raises:
            KeyMissingError: There is none, or the master key is another one.
        """
        path = self._path(name)
        if not path.exists():
            raise KeyMissingError(
                f"The key of {name} is missing.",
                f"Restore {path.name} into the keys folder from your recovery copy.",
            )
        with self._changing:
            sealed = path.read_bytes()
            if self._other is not None:
                with suppress(KeyMissingError):
                    return unseal(self._other, sealed, name)
            return unseal(self._master, sealed, name)

    def has(self, name: str) -> bool:
        """Tell whether a key of this name exists."""
        return self._path(name).exists()

    def destroy(self, name: str) -> None:
        """Remove a wrapped key: what it sealed can no longer be read."""
        with self._changing:
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.key"


def write_secret(path: Path, content: bytes) -> None:
    """Write a new file that only its owner can read; refuse an existing one.

    It appears whole or not at all, whoever else is starting at this moment.

    Raises:
        FileExistsError: There is one already.
        SettingsError: The folder cannot be written.
    """
    draft = _draft(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(draft, content)
        os.link(draft, path)
        settle(path.parent)
    except FileExistsError:
        if path.exists():
            raise
        raise _unwritable(path.parent) from None
    except OSError as error:
        raise _unwritable(path.parent) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def replace_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read over the one that is there.

    At every moment either the old content or the new one is there, whole.

    Raises:
        SettingsError: The folder cannot be written.
    """
    draft = _draft(path)
    try:
        _write(draft, content)
        if path.exists() and path.stat().st_uid != draft.stat().st_uid:
            # Root did this for the app, which must still be able to read it.
            os.chown(draft, path.stat().st_uid, path.stat().st_gid)
        draft.replace(path)
        settle(path.parent)
    except OSError as error:
        raise _unwritable(path.parent) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def settle(folder: Path) -> None:
    """Wait until what was added to a folder, or removed, outlives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.urandom(8).hex()}")


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _unwritable(folder: Path) -> SettingsError:
    return SettingsError(
        f"The folder {folder} for keys cannot be written.",
        "Correct its permissions, or set STOCKENER_KEYS_DIR to another folder.",
    )


def master_key(settings: Settings) -> bytes:
    """Return the master key; development makes one on first use.

    Raises:
        SettingsError: It is malformed, or the file cannot be read.
        KeyMissingError: It is gone, but keys that it wraps are there.
    """
    if settings.master_key is not None:
        text = settings.master_key.get_secret_value()
        return decode_master(text, "STOCKENER_MASTER_KEY")
    if settings.master_key_file is not None:
        return _read(settings.master_key_file)
    path = master_key_path()
    if not path.exists():
        # A new one would open none of these, and hide that the old one is gone.
        if any(settings.keys_folder.glob("*.key")):
            raise KeyMissingError(
                f"The master key {path} is missing.",
                f"Restore it: it opens the keys in {settings.keys_folder}.",
            )
        with suppress(FileExistsError):
            write_secret(path, base64.b64encode(os.urandom(KEY_BYTES)))
    return _read(path)


def master_key_path() -> Path:
    """Return where development keeps its master key."""
    return config_folder() / "master.key"


def _read(path: Path) -> bytes:
    try:
        return decode_master(path.read_text(errors="replace"), str(path))
    except OSError as error:
        raise SettingsError(
            f"The master key file {path} cannot be read.",
            "Check STOCKENER_MASTER_KEY_FILE and the file's permissions.",
        ) from error


def decode_master(text: str, source: str) -> bytes:
    """Return the master key that a text is; `source` says where it came from.

    Raises:
        SettingsError: It is none.
    """
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsError(
            f"{source} is not a master key: it must be 32 bytes as base64.",
            "Make one with: openssl rand -base64 32",
        )
    return key
