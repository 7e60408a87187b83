"""Is a load there as a whole or not at all, whenever the process ends?"""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.database import workspace_db
from tests.building.workspaces import KEY, fresh_workspace

CHECKOUT = Path(__file__).resolve().parents[3]
KILLS = 20
ROWS = 3000

LOADING = """
import sys
from itertools import count
from pathlib import Path
from core.database import workspace_db
file, key, first = Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), int(sys.argv[3])
db = workspace_db.open_file(file, key, temp_dir=file.parent / 'child')
for number in count(first):
    with db.load() as load:
        load.run('insert into part_one select $n, i from range($rows) as t(i)',
                 n=number, rows=int(sys.argv[4]))
        load.run('delete from part_two where number = $n', n=number - 1)
        load.run('insert into part_two select $n, i from range($rows) as t(i)',
                 n=number, rows=int(sys.argv[4]))
        load.run('insert into done values ($n, $version)', n=number,
                 version=load.version)
    print(number, flush=True)
"""


@pytest.mark.slow
def test_after_a_kill_every_load_is_whole_or_absent(tmp_path: Path) -> None:
    db = fresh_workspace(tmp_path)
    with db.load() as load:
        load.run("create table part_one (number bigint, i bigint)")
        load.run("create table part_two (number bigint, i bigint)")
        load.run("create table done (number bigint, version varchar)")
    db.close()
    chance = random.Random(7)
    acknowledged = 0
    for _ in range(KILLS):
        acknowledged = max(
            acknowledged, killed_while_loading(db.path, acknowledged, chance)
        )
        acknowledged = whole_loads(db.path, acknowledged)
    assert acknowledged > KILLS


def killed_while_loading(file: Path, done: int, chance: random.Random) -> int:
    """Return the last load that a process acknowledged before it was killed."""
    arguments = [str(file), KEY.hex(), str(done + 1), str(ROWS)]
    with subprocess.Popen(
        [sys.executable, "-c", LOADING, *arguments],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(chance.uniform(0, 0.6))
        child.kill()
        numbers = [int(line) for line in [first, *child.stdout] if line.endswith("\n")]
    return max(numbers, default=done)


def whole_loads(file: Path, acknowledged: int) -> int:
    """Return the last load in the file, after looking at each."""
    db = workspace_db.open_file(file, KEY, temp_dir=file.parent / "temp")
    assert db.notice == ""
    one = db.ask("select number, count(*) as n from part_one group by all order by all")
    numbers = db.ask("select number from done order by number")["number"].to_pylist()
    assert one["number"].to_pylist() == numbers == list(range(1, len(numbers) + 1))
    assert set(one["n"].to_pylist()) <= {ROWS}
    assert len(numbers) >= acknowledged
    two = db.ask("select distinct number, count(*) over () as n from part_two")
    assert two.to_pylist() == [{"number": len(numbers), "n": ROWS}]
    (last,) = db.ask("select last(version order by number) as v from done").to_pylist()
    assert last["v"] == db.version
    db.close()
    return len(numbers)
