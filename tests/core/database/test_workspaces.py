import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from core.database.locks import private_folder
from core.database.workspaces import IDLE_SECONDS, OpenWorkspaces, hold
from core.kernel.errors import (
    CorruptFileError,
    DatabaseError,
    FileBusyError,
    KeyMissingError,
    SettingsError,
    WrongKeyError,
)
from tests.building.workspaces import KEY

CHECKOUT = Path(__file__).resolve().parents[3]


class HandClock:
    """A clock whose seconds pass when the test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 21, 12, tzinfo=UTC)

    def today(self, time_zone: str = "UTC") -> date:
        return self.now().date()

    def instant(self) -> datetime:
        return self.now()

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def key_of(workspace_id: str) -> bytes:
    if workspace_id == "keyless":
        raise KeyMissingError("The key of keyless is missing.", "Restore it.")
    return KEY


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def opened(tmp_path: Path, clock: HandClock):  # noqa: ANN201
    workspaces = OpenWorkspaces(tmp_path / "data", key_of, clock, at_most=2)
    yield workspaces
    workspaces.close_all()


def note(workspaces: OpenWorkspaces, name: str) -> None:
    with workspaces.get(name).load() as load:
        load.run("insert into skus (sku_id, sku) values (1, $name)", name=name)


def noted(workspaces: OpenWorkspaces, name: str) -> list[str]:
    return workspaces.get(name).ask("select sku from skus")["sku"].to_pylist()


def test_each_workspace_has_its_own_figures(opened: OpenWorkspaces) -> None:
    for name in ("one", "two"):
        opened.create(name)
        note(opened, name)
    assert (noted(opened, "one"), noted(opened, "two")) == (["one"], ["two"])
    assert opened.get("one") is opened.get("one")


def test_a_new_data_folder_is_its_owners_alone(
    opened: OpenWorkspaces, tmp_path: Path
) -> None:
    opened.create("one")
    for folder in ("data", "data/workspaces", "data/run/spill/one"):
        assert (tmp_path / folder).stat().st_mode & 0o777 == 0o700
    assert opened.path_of("one").exists()


def test_an_existing_workspace_is_not_made_again(opened: OpenWorkspaces) -> None:
    opened.create("one")
    note(opened, "one")
    opened.drop("one")
    with pytest.raises(DatabaseError, match="exists already"):
        opened.create("one")
    assert noted(opened, "one") == ["one"]


def test_the_least_recently_used_is_closed_and_opens_again(
    opened: OpenWorkspaces,
) -> None:
    for name in ("one", "two", "three"):
        opened.create(name)
        note(opened, name)
    first = opened.get("one")
    opened.get("two")
    opened.get("three")
    assert not first.is_open
    assert first.ask("select sku from skus")["sku"].to_pylist() == ["one"]
    assert opened.get("one") is first


def test_one_in_use_is_never_closed_for_another(opened: OpenWorkspaces) -> None:
    for name in ("one", "two", "three"):
        opened.create(name)
    first = opened.get("one")
    reader = first.stream("select i from range(200000) as t(i)")
    for name in ("two", "three", "two"):
        noted(opened, name)
    assert first.is_open
    assert sum(batch.num_rows for batch in reader) == 200_000
    noted(opened, "three")
    assert not first.is_open


def test_one_that_nobody_used_for_long_is_closed(
    opened: OpenWorkspaces, clock: HandClock
) -> None:
    opened.create("one")
    opened.create("two")
    first = opened.get("one")
    clock.sleep(IDLE_SECONDS + 1)
    opened.get("two")
    assert not first.is_open


def test_a_workspace_has_one_owner_even_while_it_is_idle(
    opened: OpenWorkspaces, tmp_path: Path, clock: HandClock
) -> None:
    opened.create("one")
    assert opened.get("one").rest()
    other = OpenWorkspaces(tmp_path / "data", key_of, clock)
    with pytest.raises(FileBusyError, match=rf"held by process {os.getpid()}") as busy:
        other.get("one")
    assert "Stop the app" in busy.value.hint
    opened.drop("one")
    other.get("one")
    other.close_all()


def test_another_process_is_told_who_holds_the_workspace(
    opened: OpenWorkspaces, tmp_path: Path
) -> None:
    opened.create("one")
    program = (
        "from pathlib import Path\n"
        "from core.database.workspaces import OpenWorkspaces\n"
        "from core.kernel.clock import SystemClock\n"
        f"data = Path({str(tmp_path / 'data')!r})\n"
        f"OpenWorkspaces(data, lambda _: {KEY!r}, SystemClock()).get('one')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )
    assert f"held by process {os.getpid()}" in done.stderr


def test_a_workspace_that_fails_to_open_is_released(
    opened: OpenWorkspaces, tmp_path: Path, clock: HandClock
) -> None:
    opened.create("one")
    opened.drop("one")
    wrong = OpenWorkspaces(tmp_path / "data", lambda _: bytes(32), clock)
    with pytest.raises(WrongKeyError):
        wrong.get("one")
    assert opened.get("one").ask("select 1 as n").num_rows == 1


def test_without_a_key_or_a_file_nothing_is_made(opened: OpenWorkspaces) -> None:
    with pytest.raises(KeyMissingError):
        opened.create("keyless")
    with pytest.raises(CorruptFileError, match="is missing"):
        opened.get("never-made")
    assert not opened.path_of("keyless").exists()
    assert not opened.path_of("never-made").exists()


def test_what_a_killed_process_spilled_is_removed(
    opened: OpenWorkspaces, tmp_path: Path
) -> None:
    opened.create("one")
    opened.drop("one")
    left = tmp_path / "data/run/spill/one/old/duckdb_temp_storage.tmp"
    left.parent.mkdir()
    left.write_bytes(b"left over")
    opened.get("one")
    assert not left.exists()


def test_many_threads_ask_many_workspaces(opened: OpenWorkspaces) -> None:
    names = ["one", "two", "three", "four"]
    for name in names:
        opened.create(name)
        note(opened, name)

    def wrong(turn: int) -> bool:
        name = names[turn % 4]
        return noted(opened, name) != [name]

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(wrong, range(80))) == 0


def test_a_lock_is_held_until_it_is_released(tmp_path: Path) -> None:
    lock = hold(tmp_path / "run" / "app.lock")
    with pytest.raises(FileBusyError):
        hold(lock.path)
    lock.release()
    lock.release()
    with hold(lock.path) as again:
        assert again.path.read_text() == str(os.getpid())


def test_a_folder_that_cannot_be_written_is_said_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for path in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/none")):
        with pytest.raises(SettingsError, match="cannot be written") as refused:
            private_folder(path)
        assert "STOCKENER_DATA_DIR" in refused.value.hint
