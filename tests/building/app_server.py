"""A started app: the real program, on a free port, with folders of its own."""

import base64
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from core.kernel.settings import Settings
from core.services import Services, build

ROOT = Path(__file__).resolve().parents[2]
EMAIL = "ann@example.com"
PASSWORD = "four random words"
MASTER_KEY = base64.b64encode(bytes(range(32))).decode()
START_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """One running app.

    Attributes:
        base: Its address, without a slash at the end.
        folder: Holds `data`, `keys` and `server.log`.
    """

    base: str
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text()


def environment(folder: Path, port: int = 0, **settings: str) -> dict[str, str]:
    """Return the environment of a program whose folders lie below one."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("STOCKENER_", "STREAMLIT_"))
    }
    ours = {
        "STOCKENER_DATA_DIR": str(folder / "data"),
        "STOCKENER_KEYS_DIR": str(folder / "keys"),
        "STOCKENER_MASTER_KEY": MASTER_KEY,
        "STOCKENER_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "XDG_CONFIG_HOME": str(folder / "config"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return inherited | ours | settings


def command(port: int) -> list[str]:
    """Return how the app is started on a port, without opening a browser."""
    return [
        *(sys.executable, "-m", "streamlit", "run", "app.py"),
        *("--server.port", str(port), "--server.headless", "true"),
    ]


@contextmanager
def instance(folder: Path) -> Iterator[Services]:
    """Open the instance of a folder in this process, while no app runs."""
    services = build(
        Settings(
            _env_file=None,
            data_dir=folder / "data",
            keys_dir=folder / "keys",
            master_key=MASTER_KEY,
        )
    )
    try:
        yield services
    finally:
        services.close()


def make_account(folder: Path) -> None:
    """Make the operator's account before the app starts."""
    with instance(folder) as services:
        services.users.create(EMAIL, PASSWORD, "Ann", is_operator=True)


@contextmanager
def running_app(folder: Path, **settings: str) -> Iterator[Server]:
    """Start the app and end it."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command(port),
            cwd=ROOT,
            env=environment(folder, port, **settings),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://127.0.0.1:{port}", folder, process)
    try:
        _await_port(server, port)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_port(server: Server, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise AssertionError(f"the app ended:\n{server.log}")
        # The app binds its port before it can answer: only an answer counts.
        if _answers(port):
            return
        time.sleep(0.05)
    raise AssertionError(f"the app did not start:\n{server.log}")


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
            probe.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            stream: IO[bytes] = probe.makefile("rb")
            return b" 200 " in stream.readline()
    except OSError:
        return False
