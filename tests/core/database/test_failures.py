"""What does each broken file say, and is it left as it was?"""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from core.database import workspace_db
from core.database.instance import wal_of
from core.database.workspace_db import WorkspaceDb
from core.kernel.errors import (
    CorruptFileError,
    DatabaseError,
    DiskFullError,
    FileBusyError,
    KeyMissingError,
    WrongKeyError,
)
from tests.building.workspaces import KEY, fresh_workspace

CHECKOUT = Path(__file__).resolve().parents[3]
OTHER_KEY = bytes(reversed(KEY))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    db = fresh_workspace(tmp_path)
    with db.load() as load:
        load.run("insert into skus (sku_id, sku) values (1, 'A')")
    db.close()
    return db.path


def open_it(file: Path, key: bytes = KEY) -> WorkspaceDb:
    return workspace_db.open_file(file, key, temp_dir=file.parent / "temp")


def in_child(file: Path, what: str) -> str:
    """Run something with the file open as `db`, in another process."""
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from core.database import workspace_db\n"
        f"file = Path({str(file)!r})\n"
        f"db = workspace_db.open_file(file, {KEY!r}, temp_dir=file.parent / 'child')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program + what],
        check=True,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )
    return done.stdout


@pytest.mark.parametrize(
    ("key", "error", "words"),
    [
        (OTHER_KEY, WrongKeyError, "does not open it"),
        (b"", KeyMissingError, "is missing"),
        (b"short", KeyMissingError, "is missing"),
    ],
)
def test_without_its_key_a_file_stays_closed_and_whole(
    file: Path, key: bytes, error: type[Exception], words: str
) -> None:
    before = file.read_bytes()
    with pytest.raises(error, match=words) as raised:
        open_it(file, key)
    assert raised.value.hint
    assert file.read_bytes() == before
    open_it(file).close()


def junk(_: bytes) -> bytes:
    return os.urandom(20_000)


def empty(_: bytes) -> bytes:
    return b""


def half(content: bytes) -> bytes:
    return content[: 4096 * 2 + 100]


def scratched(content: bytes) -> bytes:
    return content[:8200] + os.urandom(64) + content[8264:]


@pytest.mark.parametrize("damage", [junk, empty, half, scratched])
def test_a_damaged_file_says_so_and_is_left_as_it_is(file: Path, damage) -> None:  # noqa: ANN001
    content = damage(file.read_bytes())
    file.write_bytes(content)
    with pytest.raises(CorruptFileError) as raised:
        open_it(file).ask("select * from skus")
    assert raised.value.hint
    assert file.read_bytes() == content


def test_a_page_that_was_changed_is_found_when_it_is_read(file: Path) -> None:
    content = bytearray(file.read_bytes())
    for start in range(3 * 4096 + 500, len(content), 262_144):
        content[start : start + 64] = os.urandom(64)
    file.write_bytes(content)
    with pytest.raises(CorruptFileError):
        open_it(file).ask("select * from skus, meta, marketplaces, pools")


def test_a_plain_duckdb_file_is_not_a_workspace(tmp_path: Path) -> None:
    plain = tmp_path / "plain.duckdb"
    duckdb.connect(str(plain)).close()
    before = plain.read_bytes()
    with pytest.raises(CorruptFileError, match="not an encrypted workspace"):
        open_it(plain)
    assert plain.read_bytes() == before


def test_a_file_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(CorruptFileError, match="is missing"):
        open_it(tmp_path / "gone.duckdb")
    assert not (tmp_path / "gone.duckdb").exists()


def test_a_file_that_another_process_holds_says_so(file: Path) -> None:
    mine = open_it(file)
    with pytest.raises(subprocess.CalledProcessError) as failed:
        in_child(file, "")
    assert "FileBusyError" in failed.value.stderr
    assert "is held by another process" in failed.value.stderr
    with pytest.raises(FileBusyError):
        open_it(file)
    assert mine.ask("select sku from skus")["sku"].to_pylist() == ["A"]
    mine.close()


def test_a_workspace_of_a_newer_program_is_left_alone(file: Path) -> None:
    db = open_it(file)
    with db.load() as load:
        load.run("update meta set value = '9999' where name = 'schema'")
        load.run("update meta set value = 'x' where name = 'structure'")
    db.close()
    with pytest.raises(DatabaseError, match="newer version"):
        open_it(file)


def left_by_a_kill(file: Path) -> bytes:
    """Return the log that a process leaves when it ends without closing."""
    in_child(
        file,
        "for n in range(2, 22):\n"
        "    with db.load() as load:\n"
        "        load.run('insert into skus (sku_id, sku) values ($n, $n)', n=n)\n"
        "os._exit(0)\n",
    )
    return wal_of(file).read_bytes()


def in_the_middle(log: bytes) -> bytes:
    return log[: len(log) // 2] + os.urandom(64) + log[len(log) // 2 + 64 :]


def at_the_head(log: bytes) -> bytes:
    return b"\x63\x63" + log[2:]


def altogether(_: bytes) -> bytes:
    return os.urandom(5000)


@pytest.mark.parametrize("damage", [in_the_middle, at_the_head, altogether])
def test_an_unreadable_log_is_set_aside_kept_and_said_loudly(
    file: Path,
    damage,  # noqa: ANN001
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = damage(left_by_a_kill(file))
    wal_of(file).write_bytes(log)
    db = open_it(file)
    assert db.ask("select sku from skus")["sku"].to_pylist() == ["A"]
    (kept,) = file.parent.glob("*.wal.unreadable-*")
    assert kept.read_bytes() == log
    assert kept.name in db.notice
    assert "unreadable log set aside" in "".join(capsys.readouterr())
    with db.load() as load:
        load.run("insert into skus (sku_id, sku) values (100, 'B')")
    db.close()
    again = open_it(file)
    assert again.ask("select sku from skus order by sku")["sku"].to_pylist() == [
        "A",
        "B",
    ]
    assert kept.read_bytes() == log
    assert kept.name in again.notice
    again.close()


def test_a_whole_log_is_read_without_a_word(file: Path) -> None:
    left_by_a_kill(file)
    db = open_it(file)
    assert db.ask("select count(*) as n from skus")["n"].to_pylist() == [21]
    assert db.notice == ""
    db.close()


def test_a_log_is_put_back_when_it_is_the_file_that_is_damaged(file: Path) -> None:
    log = left_by_a_kill(file)
    file.write_bytes(os.urandom(20_000))
    with pytest.raises(CorruptFileError):
        open_it(file)
    assert wal_of(file).read_bytes() == log


def test_a_wrong_key_does_not_touch_the_log(file: Path) -> None:
    log = left_by_a_kill(file)
    with pytest.raises(WrongKeyError):
        open_it(file, OTHER_KEY)
    assert wal_of(file).read_bytes() == log


FULL_DISK = """
import resource, signal
from core.kernel.errors import DiskFullError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
room = file.stat().st_size + 2_000_000
resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
loads = 0
version = db.version
try:
    while True:
        with db.load() as load:
            load.run(
                'insert into skus (sku_id, sku)'
                ' select $n * 20000 + i, hash($n * 20000 + i)'
                ' from range(20000) as t(i)', n=loads + 1)
        loads += 1
except DiskFullError as error:
    assert error.hint
resource.setrlimit(
    resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
rows = db.ask('select count(*) as n from skus')['n'][0].as_py()
assert rows == 1 + 20000 * loads, (rows, loads)
with db.load() as load:
    load.run("insert into skus (sku_id, sku) values (2, 'after')")
db.close()
print(loads)
"""


def test_a_full_disk_loses_no_load_and_heals_when_there_is_room(file: Path) -> None:
    loads = int(in_child(file, FULL_DISK).split()[-1])
    db = open_it(file)
    rows = db.ask("select count(*) as n from skus")["n"].to_pylist()
    assert rows == [2 + 20_000 * loads]
    db.close()


def test_a_full_disk_is_said_when_a_workspace_is_made(tmp_path: Path) -> None:
    program = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from core.database import workspace_db\n"
        "from core.kernel.errors import DiskFullError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        f"folder, key = Path({str(tmp_path)!r}), {KEY!r}\n"
        "try:\n"
        "    workspace_db.create(folder / 'x.duckdb', key, temp_dir=folder / 't')\n"
        "except DiskFullError:\n"
        "    sys.exit(7)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, cwd=CHECKOUT)
    assert done.returncode == 7
    assert not list(tmp_path.glob("x.duckdb*"))


def test_the_errors_are_those_of_the_house() -> None:
    for kind in (WrongKeyError, CorruptFileError, FileBusyError, DiskFullError):
        assert issubclass(kind, DatabaseError)
