import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from core.accounts.connections import Connection
from core.accounts.workspaces import Workspace
from core.database.control import writing
from core.database.control_tables import sync_runs
from core.kernel.errors import (
    AuthorizationExpiredError,
    FileBusyError,
    InputError,
    KeyMissingError,
    SyncError,
)
from core.kernel.settings import Settings
from core.services import Services, build
from core.services.syncs import Syncs
from core.sync.progress import DatasetResult, Progress
from tests.building.accounts import EMAIL, PASSWORD, Accounts, accounts_in
from tests.building.sandbox import NOW, SellerLine, running_sandbox, small_world


@pytest.fixture(scope="module")
def sellers() -> Iterator[dict[str, SellerLine]]:
    with running_sandbox(small_world(skus=20)) as lines:
        yield {line.region: line for line in lines}


@pytest.fixture
def settings(tmp_path: Path, sellers: dict[str, SellerLine]) -> Settings:
    line = sellers["EU"]
    return Settings(
        _env_file=None,
        data_dir=tmp_path / "data",
        keys_dir=tmp_path / "keys",
        lwa_client_id=line.client_id,
        lwa_client_secret=line.client_secret,
        spapi_endpoint=line.endpoint,
        lwa_endpoint=line.lwa_endpoint,
        now=NOW,
    )


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    built = build(settings)
    yield built
    built.close()


@pytest.fixture
def shop(services: Services) -> Workspace:
    ann = services.users.create(EMAIL, PASSWORD, is_operator=True)
    return services.workspaces.add("shop", owner=ann)


def connect(services: Services, shop: Workspace, line: SellerLine) -> Connection:
    return services.connect(
        shop,
        region=line.region,
        seller_id=line.seller_id,
        refresh_token=line.refresh_token + "\n",
        actor="cli:test",
    )


def test_a_data_folder_has_one_owner(settings: Settings) -> None:
    first = build(settings)
    with pytest.raises(FileBusyError, match=r"app\.lock"):
        build(settings)
    first.close()
    build(settings).close()


def test_an_instance_that_cannot_be_built_lets_go_of_the_folder(
    settings: Settings,
) -> None:
    built = build(settings)
    built.users.create(EMAIL, PASSWORD, is_operator=True)
    built.close()
    key = settings.keys_folder / "instance.key"
    key.rename(settings.keys_folder / "elsewhere")
    for _ in range(2):
        with pytest.raises(KeyMissingError, match="instance"):
            build(settings)
    (settings.keys_folder / "elsewhere").rename(key)
    build(settings).close()


def test_a_connection_is_stored_once_amazon_accepts_it(
    services: Services, shop: Workspace, sellers: dict[str, SellerLine]
) -> None:
    made = connect(services, shop, sellers["EU"])
    [stored] = services.connections.list_for(shop.workspace_id)
    assert stored.connection_id == made.connection_id
    assert stored.endpoint == sellers["EU"].endpoint
    assert "DE" in stored.marketplaces
    assert services.workspaces.by_name("shop").home == stored.marketplaces[0]
    assert [entry.act for entry in services.audit.entries()] == ["connection.add"]


def test_a_wrong_token_leaves_nothing_behind(
    services: Services, shop: Workspace, sellers: dict[str, SellerLine]
) -> None:
    with pytest.raises(AuthorizationExpiredError, match="refresh token"):
        services.connect(
            shop,
            region="EU",
            seller_id=sellers["EU"].seller_id,
            refresh_token="Atzr|wrong",
            actor="cli:test",
        )
    assert services.connections.list_for(shop.workspace_id) == []
    assert services.audit.entries() == []


def test_what_cannot_be_synced_is_said_before_it_starts(
    services: Services, shop: Workspace, sellers: dict[str, SellerLine]
) -> None:
    mine = shop.workspace_id
    with pytest.raises(InputError, match="not connected"):
        services.sync_now(mine)
    connect(services, shop, sellers["EU"])
    with pytest.raises(InputError, match="18 months"):
        services.sync_now(mine, since=725)
    with pytest.raises(InputError, match="no dataset"):
        services.sync_now(mine, ["stars"])
    assert services.syncs.history(mine) == []


def test_a_sync_brings_every_region_and_is_remembered(
    services: Services, shop: Workspace, sellers: dict[str, SellerLine]
) -> None:
    for line in sellers.values():
        connect(services, shop, line)
    wanted = ["participations", "inventory"]
    job = services.sync_now(shop.workspace_id, wanted, actor="cli:test")
    assert job.wait(60)
    assert job.status == "ok", job.results
    assert {(r.region, r.dataset) for r in job.results} == {
        (region, dataset) for region in ("EU", "NA", "FE") for dataset in wanted
    }
    assert {p.connection for p in job.progress} == {"EU", "NA", "FE"}
    [run] = services.syncs.history(shop.workspace_id)
    assert (run.status, run.actor) == ("ok", "cli:test")
    assert all("message" not in result for result in run.results)
    db = services.open_workspaces.get(shop.workspace_id)
    assert db.ask("select count(*) AS n from inventory_summaries")["n"][0].as_py() > 0


def result(status: str = "ok") -> DatasetResult:
    return DatasetResult("orders", 1, NOW, status, "Findable words.", "Do it again.")


class Fetching:
    """Stands in for a sync: waits until it is let go, then ends as told."""

    def __init__(self, ends: Callable[[], list[DatasetResult]]) -> None:
        self.go = threading.Event()
        self.started = threading.Event()
        self._ends = ends

    def __call__(
        self,
        connection: Connection,
        *,
        progress: Callable[[Progress], None],
        stop: threading.Event,
    ) -> list[DatasetResult]:
        progress(Progress(connection.region, "orders", 1, 2, "Fetching."))
        self.started.set()
        while not self.go.wait(0.01):
            if stop.is_set():
                return [result("stopped")]
        return self._ends()


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    with accounts_in(tmp_path / "accounts") as opened:
        yield opened


def connected(accounts: Accounts) -> list[Connection]:
    shop = accounts.workspace().workspace_id
    return [
        accounts.connections.add(
            shop, region=region, seller_id="A1", endpoint="", lwa_endpoint=""
        )
        for region in ("EU", "NA")
    ]


def test_one_sync_at_a_time_runs_in_a_workspace(accounts: Accounts) -> None:
    both = connected(accounts)
    shop = both[0].workspace_id
    syncs = Syncs(accounts.control, accounts.clock)
    fetching = Fetching(lambda: [result()])
    job = syncs.start(shop, both, fetching, actor="system")
    assert fetching.started.wait(5)
    assert syncs.start(shop, both, fetching, actor="user:1") is job
    assert syncs.job(shop) is job
    assert job.is_running
    assert job.progress
    assert [run.status for run in syncs.history(shop)] == ["running"]
    fetching.go.set()
    assert job.wait(5)
    assert [run.status for run in syncs.history(shop)] == ["ok"]
    assert syncs.start(shop, both, fetching, actor="user:1") is not job
    syncs.close()


def test_a_stopped_sync_ends_soon_and_says_so(accounts: Accounts) -> None:
    both = connected(accounts)
    syncs = Syncs(accounts.control, accounts.clock)
    job = syncs.start(both[0].workspace_id, both, Fetching(list), actor="system")
    syncs.close()
    assert not job.is_running
    assert job.status == "stopped"


def refused() -> list[DatasetResult]:
    raise SyncError("It cannot go on.", "Do something.")


def broken() -> list[DatasetResult]:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("ends", "said"), [(refused, "It cannot go on."), (broken, "unexpectedly")]
)
def test_a_connection_that_breaks_is_a_result_and_not_an_end(
    accounts: Accounts, ends: Callable[[], list[DatasetResult]], said: str
) -> None:
    both = connected(accounts)
    syncs = Syncs(accounts.control, accounts.clock)
    fetching = Fetching(ends)
    fetching.go.set()
    job = syncs.start(both[0].workspace_id, both, fetching, actor="system")
    assert job.wait(5)
    assert job.status == "failed"
    assert len(job.results) == 2
    assert all(said in outcome.message for outcome in job.results)


def test_what_a_sync_says_of_the_seller_stays_out_of_the_control_database(
    accounts: Accounts,
) -> None:
    both = connected(accounts)
    syncs = Syncs(accounts.control, accounts.clock)
    fetching = Fetching(lambda: [result("failed")])
    fetching.go.set()
    assert syncs.start(both[0].workspace_id, both, fetching, actor="x").wait(5)
    for path in (accounts.folder / "data").rglob("*"):
        if path.is_file():
            assert b"Findable" not in path.read_bytes(), path


def test_a_sync_that_was_killed_is_called_interrupted(accounts: Accounts) -> None:
    both = connected(accounts)
    shop = both[0].workspace_id
    killed = {
        "run_id": "1",
        "workspace_id": shop,
        "actor": "system",
        "started_at": accounts.clock.instant(),
        "status": "running",
        "results": [],
    }
    with writing(accounts.control) as connection:
        connection.execute(insert(sync_runs).values(killed))
    accounts.clock.pass_time(60)
    syncs = Syncs(accounts.control, accounts.clock)
    fetching = Fetching(lambda: [result()])
    fetching.go.set()
    assert syncs.start(shop, both, fetching, actor="system").wait(5)
    assert [run.status for run in syncs.history(shop)] == ["ok", "interrupted"]
