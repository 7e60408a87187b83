import json
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.control_socket import (
    ControlSocket,
    NobodyListensError,
    ask_app,
    peer_uid,
    run,
    serve,
    socket_path,
)
from core.kernel.errors import AppError, InputError
from core.kernel.settings import Settings
from core.services import Services, build
from tests.building.accounts import EMAIL, PASSWORD

INIT = {"email": EMAIL, "password": PASSWORD}
WORKSPACE = {
    "name": "shop",
    "owner": None,
    "home": None,
    "demo": False,
    "retention": "18m",
    "accepts_policy": False,
}


def settings_in(folder: Path) -> Settings:
    return Settings(_env_file=None, data_dir=folder / "data", keys_dir=folder / "keys")


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    built = build(settings_in(tmp_path))
    yield built
    built.close()


def nothing(_told: dict[str, object]) -> None:
    pass


def test_a_command_runs_in_the_app_that_has_the_folder(
    services: Services, tmp_path: Path
) -> None:
    with serve(services):
        run(settings_in(tmp_path), "init", INIT, nothing)
        run(settings_in(tmp_path), "workspace add", WORKSPACE, nothing)
    assert services.users.by_email(EMAIL)
    actors = {entry.actor for entry in services.audit.entries()}
    assert len(actors) == 1
    assert actors.pop().startswith("cli:")


def test_what_is_told_comes_piece_by_piece(services: Services) -> None:
    with serve(services):
        data = services.settings.data_dir
        ask_app(data, "init", INIT, nothing)
        ask_app(data, "workspace add", WORKSPACE, nothing)
        told: list[dict[str, object]] = []
        values = {"name": "shop", "question": "velocity", "params": {}, "format": "csv"}
        assert ask_app(data, "ask", values, told.append) == {}
    assert [list(one) for one in told] == [["piece"]]


def test_an_error_comes_as_its_sentence_and_remedy(services: Services) -> None:
    with serve(services):
        ask_app(services.settings.data_dir, "init", INIT, nothing)
        values = WORKSPACE | {"retention": "99m"}
        with pytest.raises(AppError, match="99 months") as error:
            ask_app(services.settings.data_dir, "workspace add", values, nothing)
        assert error.value.hint
        with pytest.raises(AppError, match="does not know this command"):
            ask_app(services.settings.data_dir, "fly", {}, nothing)
        with pytest.raises(AppError, match="unexpectedly"):
            ask_app(services.settings.data_dir, "init", {}, nothing)


def test_with_no_app_running_a_command_runs_here(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    run(settings, "init", INIT, nothing)
    with pytest.raises(InputError, match="first account already"):
        run(settings, "init", INIT, nothing)


def test_a_socket_that_an_app_left_behind_is_in_nobodys_way(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    (tmp_path / "data/run").mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(socket_path(settings.data_dir)))
    run(settings, "init", INIT, nothing)
    services = build(settings)
    with serve(services):
        assert ask_app(settings.data_dir, "doctor", {}, nothing)["checks"]
    services.close()


def test_the_socket_is_private_and_goes_with_the_app(services: Services) -> None:
    path = socket_path(services.settings.data_dir)
    with serve(services):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()
    with pytest.raises(NobodyListensError):
        ask_app(services.settings.data_dir, "doctor", {}, nothing)


def test_another_user_of_the_machine_is_not_answered(services: Services) -> None:
    seen: list[int] = []

    def refuse(uid: int) -> bool:
        seen.append(uid)
        return False

    with ControlSocket(services, refuse), pytest.raises(AppError):
        ask_app(services.settings.data_dir, "init", INIT, nothing)
    assert len(seen) == 1
    assert not services.users.any()


def test_the_other_end_is_named_by_the_operating_system(tmp_path: Path) -> None:
    here, there = socket.socketpair(socket.AF_UNIX)
    with here, there:
        assert peer_uid(here) == tmp_path.stat().st_uid


@pytest.mark.parametrize("line", [b"", b"\n", b"not json\n", b"[]\n", b'{"a": 1}\n'])
def test_nonsense_harms_nothing(services: Services, line: bytes) -> None:
    with serve(services):
        with socket.socket(socket.AF_UNIX) as peer:
            peer.connect(str(socket_path(services.settings.data_dir)))
            peer.sendall(line)
            peer.shutdown(socket.SHUT_WR)
            answer = peer.makefile("rb").read()
        assert not answer or "error" in json.loads(answer)
        assert ask_app(services.settings.data_dir, "doctor", {}, nothing)["checks"]


def test_a_deep_data_folder_has_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 60) / ("y" * 60)
    path = socket_path(deep / "data")
    assert len(str(path)) < 100
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert socket_path(deep / "data") == path
    assert socket_path(deep / "other") != path
    services = build(settings_in(deep))
    with serve(services):
        assert ask_app(deep / "data", "doctor", {}, nothing)["checks"]
    services.close()
