"""Can a question reach anything but its own file?"""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from core.database import workspace_db
from core.database.instance import MEMORY_LIMIT, extension_path
from core.database.workspace_db import WorkspaceDb
from core.kernel.errors import AppError
from tests.building.workspaces import KEY, fresh_workspace

ESCAPES = {
    "read_csv": "select * from read_csv('{secret}')",
    "read_text": "select * from read_text('{secret}')",
    "read_blob": "select * from read_blob('{secret}')",
    "read_parquet": "select * from read_parquet('{secret}')",
    "a file's name as a table": "select * from '{secret}'",
    "copy to": "copy (select 1 as n) to '{folder}/out.csv'",
    "copy from": "copy skus from '{secret}'",
    "attach a file": "attach '{folder}/other.duckdb' as other",
    "attach a neighbour": "attach '{neighbour}' as other (encryption_key 'x')",
    "export": "export database '{folder}/out'",
    "import": "import database '{folder}'",
    "install": "install postgres",
    "load an extension": "load postgres_scanner",
    "load a file": "load '{folder}/other.duckdb_extension'",
    "glob": "select * from glob('{folder}/*')",
    "secrets": "select * from duckdb_secrets()",
    "create a secret": "create persistent secret s (type http)",
    "the network": "select * from read_csv('http://127.0.0.1:1/x.csv')",
    "set": "set enable_external_access = true",
    "set global": "set global memory_limit = '100GB'",
    "reset": "reset enable_external_access",
    "unlock": "set lock_configuration = false",
    "allow a folder": "set allowed_directories = ['{folder}']",
    "another spill folder": "set temp_directory = '{folder}'",
    "profile to a file": "set profiling_output = '{folder}/out.json'",
    "plain spill files": "set temp_file_encryption = false",
}


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file, an extension and a neighbour's workspace."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "secret.csv").write_text("a,b\n1,2\n")
    shutil.copy(extension_path(), folder / "other.duckdb_extension")
    temp_dir = tmp_path_factory.mktemp("spill")
    workspace_db.create(folder / "n.duckdb", KEY, temp_dir=temp_dir).close()
    return folder


@pytest.fixture(scope="module")
def db(
    tmp_path_factory: pytest.TempPathFactory, elsewhere: Path
) -> Iterator[WorkspaceDb]:
    assert elsewhere.exists()  # made first: later instances skip the signature
    opened = fresh_workspace(tmp_path_factory.mktemp("own"))
    yield opened
    opened.close()


@pytest.mark.parametrize("escape", ESCAPES)
def test_a_question_cannot_reach_beyond_its_file(
    db: WorkspaceDb, elsewhere: Path, escape: str
) -> None:
    before = sorted(path.name for path in elsewhere.iterdir())
    sql = ESCAPES[escape].format(
        secret=elsewhere / "secret.csv",
        folder=elsewhere,
        neighbour=elsewhere / "n.duckdb",
    )
    with pytest.raises((duckdb.Error, AppError)):
        db.ask(sql)
    assert sorted(path.name for path in elsewhere.iterdir()) == before
    assert db.ask("select 1 as n")["n"].to_pylist() == [1]


def test_a_variable_of_the_program_is_not_a_table(db: WorkspaceDb) -> None:
    in_memory = pa.table({"n": [1]})
    with pytest.raises(duckdb.CatalogException):
        db.ask("select * from in_memory")
    assert in_memory.num_rows == 1


def test_the_settings_are_those_that_were_meant(db: WorkspaceDb) -> None:
    names = (
        "enable_external_access",
        "lock_configuration",
        "temp_file_encryption",
        "autoload_known_extensions",
        "autoinstall_known_extensions",
    )
    found = {
        name: db.ask("select current_setting($name)::varchar as v", name=name)
        .column("v")[0]
        .as_py()
        for name in names
    }
    assert found == {
        "enable_external_access": "false",
        "lock_configuration": "true",
        "temp_file_encryption": "true",
        "autoload_known_extensions": "false",
        "autoinstall_known_extensions": "false",
    }
    limit = db.ask("select current_setting('memory_limit') as v")["v"][0].as_py()
    assert limit.replace(".0", "").replace(" ", "") == MEMORY_LIMIT


def test_two_instances_never_share_a_spill_folder(tmp_path: Path) -> None:
    opened = [
        workspace_db.create(tmp_path / f"{n}.duckdb", KEY, temp_dir=tmp_path / "t")
        for n in range(2)
    ]
    question = "select current_setting('temp_directory') as v"
    folders = {db.ask(question)["v"][0].as_py() for db in opened}
    assert len(folders) == 2
    assert all(Path(folder).stat().st_mode & 0o777 == 0o700 for folder in folders)
    for db in opened:
        db.close()
    assert list((tmp_path / "t").iterdir()) == []


MARKER = "MARKER-OF-A-SELLER"


@pytest.mark.slow
def test_neither_file_nor_log_nor_spill_shows_a_marker(tmp_path: Path) -> None:
    db = workspace_db.create(tmp_path / "w.duckdb", KEY, temp_dir=tmp_path / "t")
    with db.load() as load:
        load.run("create table big (n bigint, text varchar)")
        load.run(
            "insert into big select i * 7919 % 6000011,"
            " $marker || '-' || i || repeat('x', 90)"
            " from range(6000000) as t(i)",
            marker=MARKER,
        )
    with db.load() as load:
        load.run("insert into big values (1, $marker)", marker=MARKER)
    reader = db.stream("select * from big order by n")
    reader.read_next_batch()
    spilled = list((tmp_path / "t").rglob("*.tmp"))
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert spilled, "the sort must have been too big for the memory"
    assert len(written) > len(spilled)
    for path in written:
        assert not _holds(path, MARKER.encode()), path.name
    del reader
    db.close()


def _holds(path: Path, marker: bytes) -> bool:
    """Look in a child process: closing the file here would drop its lock."""
    found = subprocess.run(["grep", "-c", "-a", "-F", marker, path], check=False)
    return found.returncode == 0
