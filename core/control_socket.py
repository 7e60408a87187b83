"""How does the command line reach a running app? Through a Unix socket.

The app listens at `run/control.sock` below its data folder; there is no such
route on the web port. A Unix socket's path may be about 100 bytes long: for a
deeper data folder both sides take `/tmp/stockener-<uid>/<hash of the data
folder>.sock`, in a folder that belongs to this user alone. Only the user who
runs the app (and root) is answered, whatever the file's permissions are.

One line of JSON goes in: command and values. Lines come out: what is told
meanwhile, and at last a result or an error.
"""

import hashlib
import json
import os
import pwd
import socket
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from core.commands import COMMANDS, Caller, Values
from core.database.locks import hold
from core.kernel import log
from core.kernel.clock import SystemClock
from core.kernel.errors import AppError, FileBusyError, NotFoundError, SettingsError
from core.kernel.settings import Settings
from core.services import Services, build

_LOG = log.get(__name__)
_LONGEST_PATH = 100
_LONGEST_LINE = 1_000_000
_ROOT = 0
_QUESTION_SECONDS = 10.0
_PATIENCE_SECONDS = 10.0


def socket_path(data_dir: Path) -> Path:
    """Return where the socket of a data folder is.

    Raises:
        SettingsError: The short folder belongs to somebody else.
    """
    data_dir = data_dir.resolve()
    path = data_dir / "run" / "control.sock"
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        return path
    folder = Path(f"/tmp/stockener-{os.getuid()}")  # noqa: S108  # owner is checked
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.lstat()
    if state.st_uid != os.getuid() or state.st_mode & 0o077 or folder.is_symlink():
        raise SettingsError(
            f"{folder} does not belong to this user alone.",
            "Remove it, or set STOCKENER_DATA_DIR to a shorter path.",
        )
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return folder / f"{digest}.sock"


class ControlSocket:
    """The listening end, in the app.

    Args:
        services: Of the app, which holds the lock of its data folder.
        may_ask: Decides by the user id of whoever asks.
    """

    def __init__(
        self, services: Services, may_ask: Callable[[int], bool] | None = None
    ) -> None:
        self._services = services
        self._may_ask = may_ask or _is_us
        self._path = socket_path(services.settings.data_dir)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # Whoever left one behind is gone: we hold the lock.
        self._path.unlink(missing_ok=True)
        self._listener.bind(str(self._path))
        self._path.chmod(0o600)
        self._listener.listen()
        self._thread = threading.Thread(
            target=self._accept, name="control-socket", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop listening; what runs goes on until the services are closed."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(
                target=self._serve, args=(peer,), name="control", daemon=True
            ).start()

    def _serve(self, peer: socket.socket) -> None:
        with peer, suppress(OSError, ValueError, _GoneError):
            uid = peer_uid(peer)
            if not self._may_ask(uid):
                _LOG.warning("control socket refused", uid=uid)
                return
            peer.settimeout(_QUESTION_SECONDS)
            with peer.makefile("rb") as lines:
                asked = json.loads(lines.readline(_LONGEST_LINE))
            peer.settimeout(None)
            if isinstance(asked, dict):
                _send(peer, self._answer(peer, actor_of(uid), asked))

    def _answer(self, peer: socket.socket, actor: str, asked: Values) -> Values:
        def tell(told: Values) -> None:
            try:
                _send(peer, {"told": told})
            except OSError as error:
                raise _GoneError from error

        command = COMMANDS.get(str(asked.get("command")), _unknown)
        try:
            result = command(self._services, Caller(actor, tell), asked["values"])
        except AppError as error:
            return {"error": {"message": error.message, "hint": error.hint}}
        except _GoneError:
            raise
        except Exception:  # noqa: BLE001  # logged; the caller gets a sentence
            _LOG.exception("command failed", command=asked.get("command"))
            message = "The command ended unexpectedly."
            return {"error": {"message": message, "hint": "The app's log says more."}}
        return {"result": result}


class _GoneError(Exception):
    """Whoever asked no longer listens."""


def _unknown(_services: Services, _caller: Caller, _values: Values) -> Values:
    raise NotFoundError(
        "The running app does not know this command.",
        "Restart the app: it is of another version.",
    )


class NobodyListensError(Exception):
    """There is no app at the other end."""


def serve(services: Services) -> ControlSocket:
    """Start listening for the command line; close it before the services."""
    return ControlSocket(services)


def run(
    settings: Settings, command: str, values: Values, tell: Callable[[Values], None]
) -> Values:
    """Run a command in the app that has the data folder, or else right here.

    Args:
        settings: Of this instance.
        command: One of `COMMANDS`.
        values: What it takes.
        tell: Called with what is told meanwhile.

    Raises:
        FileBusyError: Something else holds the data folder, and goes on to.
        AppError: As the command raised it.
    """
    clock = SystemClock()
    give_up_at = clock.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            lock = hold(settings.data_dir / "run" / "app.lock")
        except FileBusyError:
            with suppress(NobodyListensError):
                return ask_app(settings.data_dir, command, values, tell)
            # Another command is about to end, or an app about to listen.
            if clock.monotonic() > give_up_at:
                raise
            clock.sleep(0.1)
        else:
            services = build(settings, lock)
            try:
                caller = Caller(actor_of(os.getuid()), tell)
                return COMMANDS[command](services, caller, values)
            finally:
                services.close()


def ask_app(
    data_dir: Path, command: str, values: Values, tell: Callable[[Values], None]
) -> Values:
    """Run a command in the app that runs, and return its result.

    Args:
        data_dir: Of the app.
        command: One of `COMMANDS`.
        values: What it takes.
        tell: Called with what is told meanwhile.

    Raises:
        NobodyListensError: No app is there.
        AppError: As the command raised it.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        try:
            line.connect(str(socket_path(data_dir)))
        except (FileNotFoundError, ConnectionRefusedError) as error:
            raise NobodyListensError from error
        try:
            return _listen(line, command, values, tell)
        except ConnectionResetError as error:
            raise _ended() from error


def _listen(
    line: socket.socket,
    command: str,
    values: Values,
    tell: Callable[[Values], None],
) -> Values:
    with suppress(BrokenPipeError):
        _send(line, {"command": command, "values": values})
    with line.makefile("rb") as lines:
        for text in lines:
            said = json.loads(text)
            if "told" in said:
                tell(said["told"])
            elif "error" in said:
                raise AppError(said["error"]["message"], said["error"]["hint"])
            else:
                result: Values = said["result"]
                return result
    raise _ended()


def _ended() -> AppError:
    return AppError(
        "The app ended before the command did.", "Start it again and repeat."
    )


def actor_of(uid: int) -> str:
    """Return how the audit names a user of this machine."""
    try:
        return f"cli:{pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"cli:{uid}"


def peer_uid(peer: socket.socket) -> int:
    """Return which user of this machine is at the other end."""
    if sys.platform == "darwin":
        sol_local, local_peercred = 0, 1
        answer = peer.getsockopt(sol_local, local_peercred, 76)
        return int(struct.unpack("2I", answer[:8])[1])
    answer = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int(struct.unpack("3i", answer)[1])


def _is_us(uid: int) -> bool:
    return uid in (os.getuid(), _ROOT)


def _send(line: socket.socket, values: dict[str, Any]) -> None:
    line.sendall(json.dumps(values).encode() + b"\n")
