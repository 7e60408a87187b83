import base64
import stat
import threading
from pathlib import Path

import pytest

from core.kernel.errors import KeyMissingError, SettingsError
from core.kernel.keys import KeyRing, master_key, seal, unseal, write_secret
from core.kernel.settings import Settings

MASTER = bytes(range(32))


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config"


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing(MASTER, tmp_path / "keys")


def settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)


def test_what_is_sealed_opens_under_its_key_and_context_alone() -> None:
    sealed = seal(MASTER, b"plain", "here")
    assert unseal(MASTER, sealed, "here") == b"plain"
    for key, text, context in (
        (bytes(32), sealed, "here"),
        (MASTER, sealed, "there"),
        (MASTER, sealed[:-1] + bytes([sealed[-1] ^ 1]), "here"),
        (MASTER, b"short", "here"),
    ):
        with pytest.raises(KeyMissingError):
            unseal(key, text, context)


def test_a_key_is_a_private_file_that_holds_it_wrapped(
    ring: KeyRing, tmp_path: Path
) -> None:
    key = ring.create("person-1")
    path = tmp_path / "keys/person-1.key"
    assert ring.get("person-1") == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert key not in path.read_bytes()


def test_a_key_is_never_replaced(ring: KeyRing) -> None:
    key = ring.create("one")
    with pytest.raises(FileExistsError):
        ring.create("one")
    assert ring.get_or_create("one") == key


def test_a_destroyed_key_is_gone(ring: KeyRing) -> None:
    ring.create("one")
    ring.destroy("one")
    ring.destroy("one")
    assert not ring.has("one")
    with pytest.raises(KeyMissingError, match="one is missing"):
        ring.get("one")


def test_another_master_key_opens_nothing(ring: KeyRing, tmp_path: Path) -> None:
    ring.create("one")
    with pytest.raises(KeyMissingError, match="does not fit"):
        KeyRing(bytes(32), tmp_path / "keys").get("one")


def test_everyone_who_starts_together_gets_the_same_key(ring: KeyRing) -> None:
    keys: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: keys.append(ring.get_or_create("one")))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 16
    assert len(set(keys)) == 1


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be written"):
        write_secret(tmp_path / "file/one.key", b"x")
    with pytest.raises(SettingsError, match="cannot be written"):
        write_secret(tmp_path / "file/folder/one.key", b"x")


def test_nothing_half_written_stays(tmp_path: Path) -> None:
    write_secret(tmp_path / "one", b"x")
    with pytest.raises(FileExistsError):
        write_secret(tmp_path / "one", b"y")
    assert [path.name for path in tmp_path.iterdir()] == ["one"]
    assert (tmp_path / "one").read_bytes() == b"x"


def test_development_makes_its_master_key_outside_the_checkout(
    config: Path, tmp_path: Path
) -> None:
    ours = settings(keys_dir=tmp_path / "keys")
    first = master_key(ours)
    path = config / "stockener/master.key"
    assert base64.b64decode(path.read_text()) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert master_key(ours) == first


def test_a_lost_master_key_is_said_and_not_replaced(
    config: Path, tmp_path: Path
) -> None:
    ours = settings(keys_dir=tmp_path / "keys")
    KeyRing(master_key(ours), ours.keys_folder).create("one")
    path = config / "stockener/master.key"
    path.unlink()
    with pytest.raises(KeyMissingError, match="master key"):
        master_key(ours)
    assert not path.exists()


def test_a_master_key_may_come_from_the_settings_or_a_file(tmp_path: Path) -> None:
    text = base64.b64encode(MASTER).decode()
    assert master_key(settings(master_key=text)) == MASTER
    (tmp_path / "key").write_text(text + "\n")
    assert master_key(settings(master_key_file=tmp_path / "key")) == MASTER


@pytest.mark.parametrize("text", ["x", "AAAA", "not base64 at all!", "é"])
def test_what_is_no_master_key_is_said_without_showing_it(text: str) -> None:
    with pytest.raises(SettingsError, match="not a master key") as error:
        master_key(settings(master_key=text))
    assert f" {text} " not in str(error.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_key_file_that_cannot_be_read_is_said(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    with pytest.raises(SettingsError):
        master_key(settings(master_key_file=tmp_path / "key"))
