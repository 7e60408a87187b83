import stat
from pathlib import Path

import pytest

from core.kernel.errors import InputError
from core.kernel.keys import KeyRing
from core.kernel.recovery import confirm, make_copy, state

MASTER = bytes(range(32))
PASSPHRASE = "five random words of mine"


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    ring = KeyRing(MASTER, tmp_path / "keys")
    for name in ("instance", "person-1", "workspace-1"):
        ring.create(name)
    return ring


@pytest.fixture
def copy(ring: KeyRing) -> bytes:
    return make_copy(ring, PASSPHRASE)


def test_a_copy_of_all_keys_is_confirmed(
    ring: KeyRing, copy: bytes, tmp_path: Path
) -> None:
    assert state(ring).is_lacking
    confirm(ring, copy, PASSPHRASE)
    assert state(ring).finding == ""
    note = tmp_path / "keys/confirmed"
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    for secret in (MASTER, ring.get("instance")):
        assert secret not in copy
        assert secret.hex() not in note.read_text()


@pytest.mark.parametrize(
    ("change", "passphrase", "said"),
    [
        (lambda copy: copy, "another passphrase", "does not open"),
        (lambda copy: copy[:-1], PASSPHRASE, "does not open"),
        (lambda copy: copy[:30], PASSPHRASE, "does not open"),
        (lambda copy: copy[:25] + b"x" + copy[26:], PASSPHRASE, "does not open"),
        (lambda copy: copy[:-20] + bytes(20), PASSPHRASE, "does not open"),
        (lambda copy: copy.replace(b"1\n", b"2\n", 1), PASSPHRASE, "this version"),
        (lambda copy: b"", PASSPHRASE, "not a recovery copy"),
        (lambda copy: b"PK" + copy, PASSPHRASE, "not a recovery copy"),
    ],
)
def test_what_does_not_open_is_not_confirmed(
    ring: KeyRing, copy: bytes, change: object, passphrase: str, said: str
) -> None:
    with pytest.raises(InputError, match=said) as error:
        confirm(ring, change(copy), passphrase)
    assert error.value.hint
    assert state(ring).is_lacking


def test_a_short_passphrase_is_refused(ring: KeyRing) -> None:
    with pytest.raises(InputError, match="12 characters"):
        make_copy(ring, "elevenchars")


def test_a_copy_of_another_instance_is_not_confirmed(
    ring: KeyRing, tmp_path: Path
) -> None:
    other = KeyRing(bytes(32), tmp_path / "other")
    other.create("instance")
    with pytest.raises(InputError, match="another instance"):
        confirm(ring, make_copy(other, PASSPHRASE), PASSPHRASE)


def test_what_came_after_the_copy_is_said(ring: KeyRing, copy: bytes) -> None:
    confirm(ring, copy, PASSPHRASE)
    ring.create("workspace-2")
    assert "lacks the keys of 1 workspace." in state(ring).finding
    with pytest.raises(InputError, match="lacks the keys of 1 workspace"):
        confirm(ring, copy, PASSPHRASE)
    ring.destroy("workspace-2")
    assert state(ring).finding == ""
    ring.destroy("workspace-1")
    assert not state(ring).is_lacking
    assert "destroyed" in state(ring).finding
    ring.rewrap(bytes(32))
    ring.know(bytes(32), None)
    assert "the master key has changed" in state(ring).finding
    assert state(ring).is_lacking


def test_a_damaged_note_counts_as_none(ring: KeyRing, tmp_path: Path) -> None:
    for content in (b"\xff", b"[]", b"{"):
        (tmp_path / "keys/confirmed").write_bytes(content)
        assert state(ring).is_lacking
