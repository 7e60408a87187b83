import os
import sqlite3
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.exc import IntegrityError

from core.database import control
from core.database.control import open_control, reading, writing
from core.database.control_tables import metadata, users
from core.kernel.errors import CorruptFileError, DatabaseError, SettingsError
from tests.building.accounts import accounts_in

MIGRATIONS = Path(control.__file__).with_name("control_migrations")


def pragma(engine: Engine, name: str) -> object:
    with reading(engine) as connection:
        return connection.exec_driver_sql(f"pragma {name}").scalar()


def test_the_file_is_private_and_forgets_what_is_deleted(tmp_path: Path) -> None:
    engine = open_control(tmp_path / "new/data")
    assert pragma(engine, "journal_mode") == "wal"
    assert pragma(engine, "secure_delete") == 1
    assert pragma(engine, "foreign_keys") == 1
    assert pragma(engine, "busy_timeout") == 10000
    mode = (tmp_path / "new/data/control.db").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    engine.dispose()


def test_the_migrations_make_what_the_tables_say(tmp_path: Path) -> None:
    engine = open_control(tmp_path)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_newest_revision_is_the_one_the_program_knows() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == control.HEAD


def test_a_file_that_is_up_to_date_opens_without_alembic(tmp_path: Path) -> None:
    open_control(tmp_path).dispose()
    program = (
        "import sys; from pathlib import Path;"
        "from core.database.control import open_control;"
        f"open_control(Path({str(tmp_path)!r}));"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_processes_that_start_together_make_one_database(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; from core.database.control import open_control;"
        f"open_control(Path({str(tmp_path)!r}))"
    )
    started = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(3)]
    assert [process.wait() for process in started] == [0, 0, 0]


def test_writers_wait_for_each_other(tmp_path: Path) -> None:
    with accounts_in(tmp_path) as accounts:

        def work() -> None:
            for _ in range(25):
                accounts.audit.record("act", actor="cli:root")

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(accounts.audit.entries()) == 100
        assert accounts.audit.is_intact()


def test_an_error_leaves_nothing_behind(tmp_path: Path) -> None:
    engine = open_control(tmp_path)
    row = {
        "user_id": "1",
        "email_lookup": b"1",
        "email_sealed": b"",
        "name_sealed": b"",
        "password_hash": "",
        "created_at": datetime(2026, 11, 21, tzinfo=UTC),
    }
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(insert(users), [row, row])
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(users)) == 0
    engine.dispose()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be written") as error:
        open_control(tmp_path / "file" / "data")
    assert "STOCKENER_DATA_DIR" in error.value.hint


def test_a_damaged_file_is_said_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "control.db"
    path.write_bytes(os.urandom(10_000))
    before = path.read_bytes()
    with pytest.raises(CorruptFileError, match="damaged"):
        open_control(tmp_path)
    assert path.read_bytes() == before


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    open_control(tmp_path).dispose()
    raw = sqlite3.connect(tmp_path / "control.db")
    raw.execute("update alembic_version set version_num = '9999'")
    raw.commit()
    raw.close()
    with pytest.raises(DatabaseError, match="newer version"):
        open_control(tmp_path)
