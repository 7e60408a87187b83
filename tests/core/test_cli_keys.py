import base64
import io
import logging
import stat
import sys
from pathlib import Path

import pytest

from core.cli import status_of
from core.control_socket import serve
from core.kernel.settings import Settings, config_folder
from core.services import build
from tests.building.accounts import EMAIL, PASSWORD

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
PASSPHRASE = "five random words of mine"
NEW = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: Patch, capsys: Capture) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STOCKENER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("STOCKENER_KEYS_DIR", str(tmp_path / "keys"))
    assert core("init", "--owner", EMAIL, "--password-stdin", stdin=PASSWORD) == 0
    assert core("workspace", "add", "shop") == 0
    capsys.readouterr()
    return tmp_path


def core(*arguments: str, stdin: str = "") -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.StringIO(stdin))
        return status_of(list(arguments))


def export(out: str = "copy", passphrase: str = PASSPHRASE) -> int:
    options = ("--out", out, "--passphrase-stdin")
    return core("key", "export", *options, stdin=passphrase)


def confirm(file: str = "copy", passphrase: str = PASSPHRASE) -> int:
    return core("key", "confirm", file, "--passphrase-stdin", stdin=passphrase)


def one_sentence(capsys: Capture) -> str:
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1, said.err
    return said.err


def finding(capsys: Capture) -> str:
    core("doctor")
    said = " ".join(capsys.readouterr().out.split())
    return said[said.index(" recovery ") :]


def acts() -> list[tuple[str, str]]:
    services = build(Settings.load())
    try:
        entries = services.audit.entries()
        return [(e.act, e.detail) for e in entries if e.act.startswith("key.")]
    finally:
        services.close()


def test_a_recovery_copy_is_made_confirmed_and_outlived(
    home: Path, capsys: Capture, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert export() == 0
    assert "key confirm copy" in capsys.readouterr().out
    assert stat.S_IMODE((home / "copy").stat().st_mode) == 0o600
    assert "No recovery copy" in finding(capsys)
    assert confirm() == 0
    said = capsys.readouterr()
    assert "Confirmed" in said.out
    assert "is confirmed" in finding(capsys)
    assert core("workspace", "add", "second") == 0
    assert "lacks the keys of 1 workspace" in finding(capsys)
    assert acts() == [("key.export", ""), ("key.confirm", "")]
    for place in (said.out, said.err, caplog.text):
        assert PASSPHRASE not in place


def test_a_copy_is_never_written_over_a_file(home: Path, capsys: Capture) -> None:
    (home / "copy").write_text("mine")
    assert export() == 1
    assert "never overwritten" in one_sentence(capsys)
    assert (home / "copy").read_text() == "mine"
    assert acts() == []


def test_a_bad_export_or_confirmation_is_one_sentence(
    home: Path, capsys: Capture
) -> None:
    assert export(passphrase="short") == 1
    assert "12 characters" in one_sentence(capsys)
    assert export("/proc/x/copy") == 1
    assert "cannot be written" in one_sentence(capsys)
    assert confirm("nothing") == 1
    assert "cannot be read" in one_sentence(capsys)
    (home / "large").write_bytes(bytes(700_000))
    assert confirm("large") == 1
    assert "too large" in one_sentence(capsys)
    assert export() == 0
    capsys.readouterr()
    assert confirm(passphrase="another passphrase") == 1
    assert "does not open" in one_sentence(capsys)


def test_a_new_master_key_opens_everything_and_makes_the_doctor_red(
    home: Path, capsys: Capture
) -> None:
    path = config_folder() / "master.key"
    before = path.read_text()
    assert export() == 0
    assert confirm() == 0
    assert core("key", "rotate") == 0
    said = capsys.readouterr()
    after = path.read_text()
    assert after != before
    assert after not in said.out + said.err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert core("ask", "shop", "velocity") == 0
    capsys.readouterr()
    assert "the master key has changed" in finding(capsys)
    assert confirm() == 1
    assert "the master key has changed" in one_sentence(capsys)
    assert acts()[-1] == ("key.rotate", "")
    assert core("key", "rotate", "--new-key-stdin", stdin=NEW) == 1
    assert "without --new-key-stdin" in one_sentence(capsys)


def test_a_key_in_the_environment_is_changed_with_a_given_one(
    home: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    old = (config_folder() / "master.key").read_text()
    monkeypatch.setenv("STOCKENER_MASTER_KEY", old)
    for stdin, said in ((old, "already"), ("x", "not a master key"), ("", "Nothing")):
        assert core("key", "rotate", "--new-key-stdin", stdin=stdin) == 1
        assert said in one_sentence(capsys)
    assert core("key", "rotate") == 1
    assert "--new-key-stdin" in one_sentence(capsys)
    assert core("key", "rotate", "--new-key-stdin", stdin=NEW) == 0
    said = capsys.readouterr().out
    assert "STOCKENER_MASTER_KEY now" in said
    assert NEW not in said
    assert core("ask", "shop", "velocity") == 0
    assert core("workspace", "add", "second") == 0
    core("doctor")
    assert "the old one is still in use" in " ".join(capsys.readouterr().out.split())
    monkeypatch.setenv("STOCKENER_MASTER_KEY", NEW)
    for name in ("shop", "second"):
        assert core("ask", name, "velocity") == 0
    monkeypatch.setenv("STOCKENER_MASTER_KEY", old)
    assert core("ask", "shop", "velocity") == 1


def test_a_file_with_the_master_key_is_replaced(
    home: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    path = config_folder() / "master.key"
    moved = path.rename(home / "secret")
    monkeypatch.setenv("STOCKENER_MASTER_KEY_FILE", str(moved))
    before = moved.read_text()
    assert core("key", "rotate") == 0
    assert moved.read_text() != before
    assert core("ask", "shop", "velocity") == 0


def test_the_keys_of_a_running_app_change_under_it(home: Path) -> None:
    services = build(Settings.load())
    with serve(services):
        assert core("key", "rotate") == 0
        assert core("workspace", "add", "second") == 0
        assert export() == 0
        assert confirm() == 0
    services.close()
    for name in ("shop", "second"):
        assert core("ask", name, "velocity") == 0
