import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.kernel.errors import UnavailableError
from core.kernel.settings import Settings
from core.services import Services, build
from core.services.sandboxes import DemoSandbox
from tests.building.accounts import EMAIL, PASSWORD
from tests.building.sandbox import NOW, Caller, SellerLine
from tests.building.simulated_clock import SimulatedClock

pytestmark = pytest.mark.slow


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    built = build(
        Settings(
            _env_file=None,
            data_dir=tmp_path / "data",
            keys_dir=tmp_path / "keys",
            now=NOW,
        )
    )
    yield built
    built.close()


def test_a_demo_is_connected_in_every_region_and_syncs(services: Services) -> None:
    ann = services.users.create(EMAIL, PASSWORD, is_operator=True)
    demo = services.start_demo(ann)
    assert demo.is_demo
    assert services.start_demo(ann).workspace_id == demo.workspace_id
    connections = services.connections.list_for(demo.workspace_id)
    assert {c.region for c in connections} == {"NA", "EU", "FE"}
    assert all(c.is_demo and c.endpoint == "" for c in connections)
    assert all(c.marketplaces for c in connections)
    job = services.sync_now(demo.workspace_id, ["participations"])
    assert job.wait(60)
    assert job.status == "ok", job.results


def test_two_people_have_two_demos(services: Services) -> None:
    people = [services.users.create(f"{n}@b.c", PASSWORD) for n in "ab"]
    names = [services.start_demo(person).name for person in people]
    assert names == ["demo", "demo-2"]


def test_a_double_that_crashed_is_started_again() -> None:
    demo = DemoSandbox(NOW)
    try:
        first = demo.seller("EU")
        assert demo.seller("NA").endpoint == first.endpoint
        assert first.refresh_token not in repr(first)
        process = demo._process
        assert process is not None
        process.kill()
        process.wait()
        assert demo.seller("EU").seller_id == first.seller_id
        assert demo._process is not process
    finally:
        demo.close()
    assert process.poll() is not None


def test_a_world_is_made_anew_in_a_new_hour_once_nobody_needs_the_old_one() -> None:
    clock = SimulatedClock(NOW)
    demo = DemoSandbox(None, lambda: NOW, clock)
    try:
        with demo.lent("EU") as first:
            clock.pass_time(3600)
            assert demo.seller("EU").endpoint == first.endpoint
        second = demo.seller("EU")
        assert second.endpoint != first.endpoint
        assert second.refresh_token == first.refresh_token
        assert second.seller_id == first.seller_id
        clock.pass_time(60)
        assert demo.seller("NA").endpoint == second.endpoint
    finally:
        demo.close()


def test_the_history_begins_two_years_before_the_first_demo(
    services: Services,
) -> None:
    ann = services.users.create(EMAIL, PASSWORD, is_operator=True)
    assert services.workspaces.oldest_demo() is None
    services.start_demo(ann)
    assert services.workspaces.oldest_demo() == NOW
    later = DemoSandbox(NOW + timedelta(days=9), services.workspaces.oldest_demo)
    assert later._first_day() == NOW.date() - timedelta(days=731)


def test_a_double_whose_input_closes_leaves_nothing_behind(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "core", "demo-sandbox", "--began", "2026-01-01"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert process.stdout is not None
    line = SellerLine(**json.loads(process.stdout.readline()))
    assert Caller(line).get("/sellers/v1/marketplaceParticipations").is_success
    assert list(tmp_path.iterdir())
    process.communicate(timeout=30)
    assert list(tmp_path.iterdir()) == []


def test_a_double_that_is_starting_can_be_ended() -> None:
    demo = DemoSandbox(NOW)
    failures: list[Exception] = []

    def start() -> None:
        try:
            demo.seller("EU")
        except UnavailableError as error:
            failures.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    assert eventually(lambda: demo._process is not None)
    demo.close()
    thread.join(10)
    assert failures


def test_the_double_ends_with_whoever_started_it() -> None:
    program = (
        "import sys; from core.kernel import log; log.configure();"
        "from core.services.sandboxes import DemoSandbox;"
        "demo = DemoSandbox(None); demo.seller('EU');"
        "print(demo._process.pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert eventually(lambda: has_ended(child))


def eventually(happened: Callable[[], bool]) -> bool:
    for _ in range(100):
        if happened():
            return True
        time.sleep(0.1)
    return False


def has_ended(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    # In a container nobody may be there to bury it.
    state = Path(f"/proc/{process}/stat")
    return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] == "Z"
