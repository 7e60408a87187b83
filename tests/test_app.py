"""The program says in one sentence why it does not start, and what to do."""

import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.building.app_server import (
    MASTER_KEY,
    ROOT,
    command,
    environment,
    free_port,
    make_account,
    running_app,
)

pytestmark = pytest.mark.slow


def started(folder: Path, port: int = 0, **settings: str) -> tuple[int, str]:
    """Start what cannot start; return its exit status and what it said."""
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    ended = subprocess.run(
        command(port),
        cwd=ROOT,
        env=environment(folder, port, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return ended.returncode, ended.stderr + ended.stdout


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        status, said = started(tmp_path, other.getsockname()[1])
    assert status != 0
    assert "is not available" in said
    assert "Traceback" not in said
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("settings", "sentence", "remedy"),
    [
        (
            {"STOCKENER_MASTER_KEY": "short"},
            "STOCKENER_MASTER_KEY is not a master key",
            "openssl rand -base64 32",
        ),
        (
            {"STOCKENER_MASTER_KEY": "", "STOCKENER_MASTER_KEY_FILE": "nosuch.key"},
            "nosuch.key cannot be read",
            "Check STOCKENER_MASTER_KEY_FILE",
        ),
        ({"STOCKENER_ENV": "holiday"}, "STOCKENER_ENV cannot be used", ".env.example"),
        (
            {"STOCKENER_SPAPI_ENDPOINT": "https://evil.example"},
            "STOCKENER_SPAPI_ENDPOINT cannot be used",
            ".env.example",
        ),
        (
            {"STOCKENER_PUBLIC_URL": "https://a.example", "STOCKENER_MASTER_KEY": ""},
            "has no master key",
            "Set STOCKENER_MASTER_KEY",
        ),
        (
            {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"},
            "STOCKENER_BIND_ADDRESS says 127.0.0.1",
            "Say the same address in both places",
        ),
    ],
)
def test_a_setting_that_cannot_be_used(
    tmp_path: Path, settings: dict[str, str], sentence: str, remedy: str
) -> None:
    status, said = started(tmp_path, **settings)
    assert status != 0
    assert sentence in said
    assert remedy in said
    assert "Traceback" not in said


def test_a_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    blocked = str(tmp_path / "file" / "data")
    status, said = started(tmp_path, STOCKENER_DATA_DIR=blocked)
    assert status != 0
    assert "cannot be written" in said
    assert "STOCKENER_DATA_DIR" in said
    assert "Traceback" not in said


def test_keys_that_do_not_belong_to_the_data(tmp_path: Path) -> None:
    make_account(tmp_path)
    for key in (tmp_path / "keys").glob("*.key"):
        key.unlink()
    status, said = started(tmp_path)
    assert status != 0
    assert "is missing" in said
    assert "recovery copy" in said
    assert "Traceback" not in said
    assert MASTER_KEY not in said


def test_a_second_app_on_the_same_data(tmp_path: Path) -> None:
    with running_app(tmp_path) as first:
        status, said = started(tmp_path)
        assert status != 0
        assert str(first.process.pid) in said or "Another process" in said
        assert "Traceback" not in said
        assert first.process.poll() is None


def test_an_app_that_is_told_to_end_leaves_everything_tidy(tmp_path: Path) -> None:
    with running_app(tmp_path) as server:
        assert (tmp_path / "data" / "run").is_dir()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) in (0, -signal.SIGTERM)
        assert "Traceback" not in server.log
    assert not (tmp_path / "data" / "run" / "control.sock").exists()
    assert not (tmp_path / "data" / "control.db-wal").exists()
