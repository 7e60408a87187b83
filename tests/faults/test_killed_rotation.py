"""A change of the master key that is killed anywhere loses no key."""

import base64
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.kernel.keys import KeyRing
from core.kernel.rotation import is_waiting, open_keyring, rotate
from core.kernel.settings import Settings
from tests.building.shared import CHECKOUT

pytestmark = pytest.mark.slow

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
NAMES = ("instance", "person-1", "workspace-1", "workspace-2")
MOST_STEPS = 80


def text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def started_with(folder: Path) -> tuple[Settings, dict[str, bytes]]:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "master").mkdir(parents=True)
    (folder / "master/key").write_text(text(OLD))
    ring = KeyRing(OLD, folder / "keys")
    return settings_of(folder, {}), {name: ring.create(name) for name in NAMES}


def settings_of(folder: Path, given: dict[str, str]) -> Settings:
    where = given or {"master_key_file": str(folder / "master/key")}
    return Settings(_env_file=None, keys_dir=folder / "keys", **where)


def is_killed(folder: Path, step: int, given: str = "") -> bool:
    environment = os.environ | {"STOCKENER_KEYS_DIR": str(folder / "keys")}
    if given:
        environment["STOCKENER_MASTER_KEY"] = text(OLD)
    else:
        environment["STOCKENER_MASTER_KEY_FILE"] = str(folder / "master/key")
    run = subprocess.run(
        [sys.executable, "-m", "tests.faults.rotate_process", str(step)],
        cwd=CHECKOUT,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
    )
    assert run.returncode in (0, -9), run.stderr
    return run.returncode == -9


def opened(settings: Settings) -> dict[str, bytes]:
    ring = open_keyring(settings)
    return {name: ring.get(name) for name in ring.names()}


def test_a_kill_at_any_step_of_a_key_in_a_file_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    for step in range(1, MOST_STEPS):
        settings, keys = started_with(folder)
        was_killed = is_killed(folder, step)
        assert opened(settings) == keys, step
        rotate(settings, open_keyring(settings))
        assert opened(settings) == keys, step
        assert not is_waiting(open_keyring(settings))
        files = sorted(path.name for path in folder.rglob("*") if path.is_file())
        assert files == sorted(["key", *(f"{name}.key" for name in NAMES)]), step
        if not was_killed:
            break
    assert not was_killed
    assert step > 15


def test_a_kill_at_any_step_of_a_given_key_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    for step in range(1, MOST_STEPS):
        _, keys = started_with(folder)
        was_killed = is_killed(folder, step, text(NEW))
        old = settings_of(folder, {"master_key": text(OLD)})
        assert opened(old) == keys, step
        rotate(old, open_keyring(old), text(NEW))
        assert opened(old) == keys, step
        assert opened(settings_of(folder, {"master_key": text(NEW)})) == keys, step
        assert KeyRing(NEW, folder / "keys").get("instance") == keys["instance"]
        if not was_killed:
            break
    assert not was_killed
    assert step > 15
